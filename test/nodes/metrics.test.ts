import { readFile } from "node:fs/promises";
import { Counter } from "prom-client";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { createSignals, type Signals } from "../../nodes/engine/index.ts";
import { createMetrics, type Metrics } from "../../nodes/metrics/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { createIndex, type Hash } from "../../pipeline/index/index.ts";
import { someReceipt } from "../support/receipts.ts";

const sheet: Hash = `0x${"0a".repeat(32)}`;
const to = `0x${"0b".repeat(20)}`;
const named = (edge: string, tray = 0) => ({ sheet, edge, tray });

let signals: Signals;
let metrics: Metrics;
beforeEach(() => {
  signals = createSignals();
  metrics = createMetrics({ signals, version: "1.2.3" });
});

/** What a metric says: its value, or undefined when there is no such series. */
async function value(series: string): Promise<number | undefined> {
  const text = await metrics.registry.metrics();
  const line = text.split("\n").find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length));
}

const accept = (edge: string): void =>
  void signals.emit("accepted", { tray: named(edge), items: 200, bytes: 90_000, milliseconds: 30 });

describe("an edge", () => {
  it("has rate, fill, bytes and duration where trays arrive", async () => {
    accept("case>income");
    accept("case>income");
    signals.emit("emptied", { tray: named("case>income"), milliseconds: 2_000 });
    expect(await value('belt_trays_accepted_total{edge="case>income"}')).toBe(2);
    expect(await value('belt_tray_items_sum{edge="case>income"}')).toBe(400);
    expect(await value('belt_tray_items_bucket{le="128",edge="case>income"}')).toBe(0);
    expect(await value('belt_tray_bytes_total{edge="case>income"}')).toBe(180_000);
    expect(await value('belt_tray_accept_seconds_sum{edge="case>income"}')).toBeCloseTo(0.06);
    expect(await value('belt_tray_stay_seconds_sum{edge="case>income"}')).toBe(2);
  });

  it("has rate, errors and duration where trays leave", async () => {
    const tray = { ...named("income>decision"), to };
    const problem = new BeltError("OVERLOADED", "Busy.");
    signals.emit("refused", { tray, problem, attempts: 1, milliseconds: 10, final: false });
    signals.emit("sent", { tray, milliseconds: 1_500, attempts: 2 });
    expect(await value('belt_tray_attempts_failed_total{edge="income>decision",code="OVERLOADED"}')).toBe(1);
    expect(await value('belt_trays_sent_total{edge="income>decision"}')).toBe(1);
    expect(await value('belt_tray_delivery_seconds_sum{edge="income>decision"}')).toBe(1.5);
  });

  it("takes no time when the clock was set back meanwhile", async () => {
    signals.emit("sent", { tray: { ...named("a>b"), to }, milliseconds: -5_000, attempts: 1 });
    expect(await value('belt_tray_delivery_seconds_sum{edge="a>b"}')).toBe(0);
  });

  it("shares a series with others once there are many, so that no belt's author can fill a memory", async () => {
    for (let i = 0; i < 500; i++) accept(`case>s${i}`);
    const text = await metrics.registry.metrics();
    expect(text.match(/^belt_trays_accepted_total/gm)).toHaveLength(201);
    expect(await value('belt_trays_accepted_total{edge="other"}')).toBe(300);
    accept("case>s7");
    expect(await value('belt_trays_accepted_total{edge="case>s7"}')).toBe(2);
  });
});

describe("a node", () => {
  it("counts what it did not take, and what came again", async () => {
    signals.emit("rejected", { problem: new BeltError("TRAY_SEAL_INVALID", "Broken.") });
    signals.emit("duplicate", { tray: named("a>b") });
    expect(await value('belt_trays_rejected_total{code="TRAY_SEAL_INVALID"}')).toBe(1);
    expect(await value("belt_trays_duplicate_total")).toBe(1);
  });

  it("counts the cases that its stations ended, once a batch and not once a case", async () => {
    const counter = metrics.registry.getSingleMetric("belt_receipts_total");
    if (!(counter instanceof Counter)) throw new Error("it is no counter");
    const increments = vi.spyOn(counter, "inc");
    const receipts = Array.from({ length: 1_024 }, (_, number) => {
      const status = number % 4 === 0 ? ("skipped" as const) : ("done" as const);
      return { ...someReceipt, case: number, station: number < 512 ? "income" : "credit", status };
    });
    signals.emit("committed", { receipts, worked: [], milliseconds: 20 });
    expect(increments).toHaveBeenCalledTimes(4);
    expect(await value('belt_receipts_total{station="income",status="done"}')).toBe(384);
    expect(await value('belt_receipts_total{station="credit",status="skipped"}')).toBe(128);
    expect(await value("belt_commit_seconds_sum")).toBe(0.02);
  });

  it("shares a series between stations as well once there are many", async () => {
    for (let i = 0; i < 300; i++) {
      signals.emit("committed", {
        receipts: [{ ...someReceipt, station: `s${i}` }],
        worked: [],
        milliseconds: 1,
      });
    }
    expect((await metrics.registry.metrics()).match(/^belt_receipts_total/gm)).toHaveLength(201);
  });

  it("times its disk, and counts troubles and disagreements", async () => {
    metrics.synced(4);
    signals.emit("trouble", { what: "anchor", problem: new Error() });
    const until = 0;
    signals.emit("disagreed", { sheet, station: "income", cases: [1], what: "disputed", until });
    expect(await value("belt_store_sync_seconds_count")).toBe(1);
    expect(await value('belt_store_sync_seconds_bucket{le="0.005"}')).toBe(1);
    expect(await value("belt_troubles_total")).toBe(1);
    expect(await value('belt_report_disagreements_total{what="disputed"}')).toBe(1);
  });
});

/** A node of which every figure is another one. */
function watched() {
  const index = createIndex();
  const incoming = new Map([["case>income", { count: 7, since: 90_000 }]]);
  const outgoing = new Map([["income>result", { count: 3, since: 40_000 }]]);
  const node = {
    engine: {
      load: () => ({ busy: 11, unwritten: 12, unsent: 13, unanchored: 14, quarantined: 15 }),
      queues: () => ({ incoming, outgoing }),
      anchorLag: () => 16_500,
    },
    ledger: {
      state: () => ({
        phase: "following" as const,
        reason: undefined,
        latest: 20,
        latestAt: 1_772_366_400,
        finalized: 20,
      }),
      view: { ...index.view, head: { number: 17, hash: sheet } },
      submissions: () =>
        (["signed", "sent", "dropped", "mined", "final"] as const).map((state) => ({
          ...{ id: state, what: "anchor", state, nonce: 0, block: undefined, hash: sheet },
          ...{ attempts: 1, resends: 0, problem: undefined },
        })),
    },
    openSheets: () => ({ consumer: 18, station: 19 }),
    isReady: () => true,
    now: () => 100_000,
  };
  return { node, incoming, outgoing };
}

describe("what waits", () => {
  it.each([
    ["belt_ready", 1],
    ["belt_busy_cases", 11],
    ["belt_unwritten_cases", 12],
    ["belt_unsent_trays", 13],
    ["belt_unanchored_receipts", 14],
    ["belt_quarantined_cases", 15],
    ["belt_anchor_lag_seconds", 16.5],
    ["belt_pending_transactions", 3],
    ["belt_ledger_following", 1],
    ["belt_ledger_block", 17],
    ["belt_ledger_blocks_behind", 3],
    ['belt_open_sheets{part="consumer"}', 18],
    ['belt_open_sheets{part="station"}', 19],
    ['belt_inbox_cases{edge="case>income"}', 7],
    ['belt_inbox_oldest_seconds{edge="case>income"}', 10],
    ['belt_outbox_trays{edge="income>result"}', 3],
    ['belt_outbox_oldest_seconds{edge="income>result"}', 60],
  ])("is told as %s", async (series, expected) => {
    metrics.watch(watched().node);
    expect(await value(series)).toBe(expected);
  });

  it("has no series for an edge on which nothing waits any more", async () => {
    const { node, incoming } = watched();
    metrics.watch(node);
    expect(await value('belt_inbox_cases{edge="case>income"}')).toBe(7);
    incoming.clear();
    expect(await value('belt_inbox_cases{edge="case>income"}')).toBeUndefined();
  });

  it("is summed up for the edges beyond the bound", async () => {
    const { node, outgoing } = watched();
    for (let i = 0; i < 300; i++) outgoing.set(`a>s${i}`, { count: 2, since: 100_000 - i });
    metrics.watch(node);
    // One place of the 200 is taken by the edge that was there, and one by the edge on which cases wait.
    expect(await value('belt_outbox_trays{edge="other"}')).toBe(2 * 102);
    expect(await value('belt_outbox_oldest_seconds{edge="other"}')).toBeCloseTo(0.299);
  });
});

it("follows Prometheus' conventions: base units in the name, counters in _total, a sentence for each", async () => {
  metrics.watch(watched().node);
  const own = (await metrics.registry.getMetricsAsJSON()).filter(({ name }) => name.startsWith("belt_"));
  expect(own.length).toBeGreaterThan(25);
  for (const { name, help, type } of own) {
    expect(name).toMatch(/^belt_[a-z]+(_[a-z]+)*$/);
    expect(name).not.toMatch(/milli|_ms\b|minutes|kilo|mega/);
    expect(help, name).toMatch(/^[A-Z1].*\.$/);
    expect(name.endsWith("_total"), name).toBe(String(type) === "counter");
    if (String(type) === "histogram") expect(name).toMatch(/_(seconds|items)$/);
  }
});

it("is what the operator's guide says: each metric with its labels", async () => {
  metrics.watch(watched().node);
  const page = await readFile(new URL("../../docs/operate.md", import.meta.url), "utf8");
  const [, section = ""] = /\n## Metrics\n(.*?)\n## /s.exec(page) ?? [];
  const rows = [...section.matchAll(/^\| (`belt_.*?) \| (.*?) ?\| /gm)].flatMap(
    ([, names = "", labels = ""]) =>
      names
        .split(", ")
        .map((name) => [name.replaceAll("`", ""), labels.split(", ").filter(Boolean).toSorted()]),
  );
  const Told = z.array(z.looseObject({ name: z.string(), labelNames: z.array(z.string()) }));
  const told = Told.parse(metrics.registry.getMetricsAsArray()).filter(({ name }) =>
    name.startsWith("belt_"),
  );
  const documented = Object.fromEntries(rows);
  expect(Object.keys(documented).toSorted()).toEqual(
    [...told.map(({ name }) => name), "belt_api_request_seconds"].toSorted(),
  );
  for (const { name, labelNames } of told) {
    expect(documented[name], name).toEqual([...labelNames].toSorted());
  }
});
