import { EventEmitter } from "node:events";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { figure, pictureOf, span } from "../../../nodes/cli/top/picture.ts";
import { type Reading, topOf } from "../../../nodes/cli/top/reading.ts";
import { watch } from "../../../nodes/cli/top/watch.ts";
import { createSignals } from "../../../nodes/engine/index.ts";
import { parseExposition } from "../../../nodes/exposition.ts";
import { createMetrics } from "../../../nodes/metrics/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import { createIndex } from "../../../pipeline/index/index.ts";
import { errorLine } from "../../support/command.ts";
import { runHere } from "../../support/commandHere.ts";
import { memoryNode } from "../../support/memoryNode.ts";
import { serveMemoryNode } from "../../support/nodeFolder.ts";
import { until } from "../../support/until.ts";

const sheet = `0x${"0a".repeat(32)}`;
const to = `0x${"0b".repeat(20)}`;
const at = Date.UTC(2026, 2, 2, 9, 30);
const { state: status } = memoryNode();
const { view: emptyView } = createIndex();

/** A node's own metrics, and what it would say at a time. */
function counted() {
  const signals = createSignals();
  const metrics = createMetrics({ signals, version: "1" });
  const waiting = new Map<string, { count: number; since: number }>();
  const quarantined = { count: 0 };
  metrics.watch({
    engine: {
      load: () => ({ busy: 5, unwritten: 6, unsent: 7, unanchored: 8, quarantined: quarantined.count }),
      queues: () => ({
        incoming: new Map([["case>income", { count: 40, since: at - 1_000 }]]),
        outgoing: waiting,
      }),
      anchorLag: () => 2_500,
    },
    ledger: {
      state: () => ({
        phase: "following",
        reason: undefined,
        latest: 9,
        latestAt: 1_772_366_400,
        finalized: 9,
      }),
      view: { ...emptyView, head: { number: 7, hash: `0x${"0c".repeat(32)}` } },
      submissions: () => [],
    },
    openSheets: () => ({ consumer: 3, station: 12 }),
    isReady: () => true,
    now: () => at,
  });
  const reading = async (milliseconds: number): Promise<Reading> => ({
    ...{ at: at + milliseconds, status },
    samples: parseExposition(await metrics.registry.metrics()),
  });
  const accept = (edge: string, items: number): void =>
    void signals.emit("accepted", { tray: { sheet, edge, tray: 1 }, items, bytes: 9, milliseconds: 3 });
  return { signals, metrics, waiting, quarantined, reading, accept };
}

describe("what is told of a node", () => {
  it("is what it did between two readings, and what waits at the second", async () => {
    const { signals, metrics, waiting, reading, accept } = counted();
    accept("case>income", 100);
    const before = await reading(0);
    for (let i = 0; i < 4; i++) accept("case>income", 256);
    waiting.set("income>decision", { count: 9, since: at - 70_000 });
    const tray = { sheet, edge: "income>decision", tray: 1, to };
    const problem = new BeltError("PARTNER_UNREACHABLE", "Away.");
    signals.emit("sent", { tray, milliseconds: 5, attempts: 1 });
    signals.emit("refused", { tray, problem, attempts: 1, milliseconds: 5, final: false });
    metrics.synced(4);
    metrics.synced(6);
    const top = topOf(await reading(2_000), before);
    expect(top.edges).toEqual([
      {
        ...{ edge: "case>income", end: "in", traysPerSecond: 2, casesPerSecond: 512, casesPerTray: 256 },
        ...{ waiting: 40, oldestSeconds: 1, errors: null },
      },
      {
        ...{
          edge: "income>decision",
          end: "out",
          traysPerSecond: 0.5,
          casesPerSecond: null,
          casesPerTray: null,
        },
        ...{ waiting: 9, oldestSeconds: 70, errors: 1 },
      },
    ]);
    expect(top).toMatchObject({
      at: "2026-03-02T09:30:02.000Z",
      node: { name: "acme", ready: true },
      sheets: { consumer: 3, station: 12 },
      cases: { busy: 5, unwritten: 6, quarantined: 0, endedPerSecond: 0 },
      ledger: { state: "following", block: 7, blocksBehind: 2, unanchoredReceipts: 8, anchorLagSeconds: 2.5 },
      disk: { writesPerSecond: 1, syncSeconds: 0.005 },
    });
    expect(top.process.memoryBytes).toBeGreaterThan(2 ** 20);
    expect(top.process.cpu).toBeGreaterThan(0);
  });

  it("has no rates of one reading, but what there is since the node's start", async () => {
    const { reading, accept } = counted();
    accept("case>income", 100);
    accept("case>income", 200);
    const { edges, disk } = topOf(await reading(0));
    expect(edges).toMatchObject([{ traysPerSecond: null, casesPerSecond: null, casesPerTray: 150 }]);
    expect(disk).toEqual({ writesPerSecond: null, syncSeconds: null });
  });

  it("goes on from zero where the node was started anew in between", async () => {
    const [former, next] = [counted(), counted()];
    for (let i = 0; i < 9; i++) former.accept("case>income", 10);
    next.accept("case>income", 10);
    const top = topOf(await next.reading(1_000), await former.reading(0));
    expect(top.edges).toMatchObject([{ traysPerSecond: 1, casesPerSecond: 10 }]);
  });
});

describe("the picture", () => {
  const edgesNamed = async (...names: readonly string[]) => {
    const { accept, waiting, reading } = counted();
    for (const name of names) accept(name, 10);
    waiting.set("income>decision", { count: 9, since: at - 70_000 });
    return topOf(await reading(1_000), await reading(0));
  };
  const plain = (lines: readonly string[]): readonly string[] => lines.map(stripVTControlCharacters);

  it("says it in lines for a person", async () => {
    const top = await edgesNamed("case>income");
    const known = { uptimeSeconds: 7_500 };
    const own = { memoryBytes: 190 * 2 ** 20, cpu: 0.456, eventLoopSeconds: 0.0123 };
    const picture = pictureOf({ ...top, node: { ...top.node, ...known }, process: own }, { columns: 80 });
    expect(plain(picture)).toEqual([
      "acme  0xa1a1a1a1   0.1.0   up 2 h   09:30:01",
      "Sheets: 3 booked, 12 worked at   Cases: 0/s, 5 busy, 6 unwritten",
      "Ledger: following, block 7, 2 behind   0 transactions pending",
      "Anchors: 8 receipts to come, for 2.5 s   fsync: –, 0/s",
      "Memory: 190 MiB   CPU: 46 %   Event loop: 12 ms   Troubles: 0",
      "",
      "     EDGE             TRAYS/S  CASES/S  FILL  WAITING   OLDEST  ERRORS",
      "in   case>income            0        0    10       40    1.0 s       –",
      "out  income>decision        0        –     –        9     70 s       0",
    ]);
  });

  it("says why a node is not ready, and what waits for its operator", async () => {
    const { quarantined, reading } = counted();
    quarantined.count = 2;
    const now = await reading(0);
    const reasons = ["LEDGER_UNREACHABLE: It is\u001b[31m away."];
    const picture = pictureOf(topOf({ ...now, status: { ...status, ready: false, reasons } }), {
      columns: 80,
    });
    expect(plain(picture)).toContain("Not ready: LEDGER_UNREACHABLE: It is away.");
    expect(plain(picture)).toContain("Quarantine: 2 cases; belt quarantine list");
    expect(picture.join("")).not.toContain("\u001b[31m away");
  });

  it.each([80, 60, 40, 20])("is never wider than %i columns, however long names are", async (columns) => {
    const top = await edgesNamed(`${"a".repeat(48)}>${"b".repeat(48)}`, "case>income");
    const reasons = ["x".repeat(300)];
    const picture = pictureOf({ ...top, node: { ...top.node, ready: false, reasons } }, { columns });
    for (const line of plain(picture)) expect([...line].length).toBeLessThanOrEqual(columns);
  });

  it("has no more lines than there is room for: the edges stay on which most waits", async () => {
    const top = await edgesNamed(...Array.from({ length: 40 }, (_, i) => `case>s${i}`));
    const picture = plain(pictureOf(top, { columns: 80, rows: 12 }));
    expect(picture).toHaveLength(12);
    expect(picture.join("\n")).toContain("in   case>income");
    expect(picture.join("\n")).toContain("out  income>decision");
    expect(picture.at(-1)).toBe("… 38 more, on which less waits");
    expect(pictureOf(top, { columns: 80, rows: 3 })).toHaveLength(3);
  });

  it("writes numbers and times as short as they may be", () => {
    expect([null, 0, 0.25, 12.3, 123.4, 123_456, 12_345_678].map(figure)).toEqual([
      ...["–", "0", "0.3", "12.3", "123", "123k", "12M"],
    ]);
    expect([null, 0.0004, 0.25, 3.14, 59, 600, 90_000, 864_000].map(span)).toEqual([
      ...["–", "0.4 ms", "250 ms", "3.1 s", "59 s", "10 min", "25 h", "10 d"],
    ]);
  });
});

/** A terminal and its keyboard, and what was shown on it. */
function terminal() {
  const written: string[] = [];
  const screen = Object.assign(new EventEmitter(), {
    ...{ columns: 80, rows: 24 },
    write: (text: string) => written.push(text) > 0,
  });
  const modes: boolean[] = [];
  const keys = Object.assign(new EventEmitter(), {
    setRawMode: (raw: boolean) => void modes.push(raw),
    ...{ resume: () => undefined, pause: () => undefined },
  });
  return { screen, keys, written, modes };
}

const [hidden, shown] = ["\u001b[?1049h\u001b[?25l", "\u001b[?25h\u001b[?1049l"];

describe("at a terminal", () => {
  async function open(read?: (reading: number) => Promise<Reading>) {
    const { screen, keys, written, modes } = terminal();
    const { reading } = counted();
    let readings = 0;
    const stopping = new AbortController();
    const ended = watch({
      ...{ terminal: screen, keys, every: 5, signal: stopping.signal },
      read: () => (read ?? ((number) => reading(number * 1_000)))(++readings),
    });
    const pictures = (): readonly string[] => written.filter((text) => text.startsWith("\u001b[H"));
    return { screen, keys, written, modes, stopping, ended, pictures };
  }

  it.each([
    ["q", false],
    ["\u0003", true],
  ])("the picture is renewed in place, each time in one write, until %j is typed", async (key, byCtrlC) => {
    const { keys, written, modes, ended, pictures } = await open();
    await until(() => pictures().length >= 3);
    keys.emit("data", Buffer.from("x"));
    keys.emit("data", Buffer.from(key));
    expect(await ended).toBe(byCtrlC);
    expect(written).toEqual([hidden, ...pictures(), shown]);
    expect(modes).toEqual([true, false]);
    expect(keys.listenerCount("data")).toBe(0);
  });

  it("gives the terminal back when it is ended from outside", async () => {
    const { stopping, ended, written, modes } = await open();
    await until(() => written.length > 1);
    stopping.abort();
    await ended;
    expect([written.at(-1), modes.at(-1)]).toEqual([shown, false]);
  });

  it("is drawn anew when the terminal has another size", async () => {
    const { screen, keys, ended, pictures } = await open();
    await until(() => pictures().length > 0);
    Object.assign(screen, { columns: 30 });
    screen.emit("resize");
    const lines = stripVTControlCharacters(pictures().at(-1) ?? "").split("\r\n");
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(30);
    keys.emit("data", "q");
    await ended;
  });

  it("waits for a node that is away, with the last picture and why, and goes on when it is back", async () => {
    const { reading } = counted();
    let away = false;
    const { keys, ended, pictures } = await open((number) =>
      away ? Promise.reject(new BeltError("API_UNREACHABLE", "Nobody answers.")) : reading(number * 1_000),
    );
    await until(() => pictures().length > 1);
    away = true;
    const told = await until(() => pictures().find((picture) => picture.includes("API_UNREACHABLE")));
    expect(told).toContain("case>income");
    away = false;
    await until(() => !pictures().at(-1)?.includes("API_UNREACHABLE"));
    keys.emit("data", "q");
    await ended;
  });

  it("gives the terminal back, and says why, when the node refuses", async () => {
    const { reading } = counted();
    const { ended, written } = await open((number) =>
      number === 1 ? reading(0) : Promise.reject(new BeltError("API_TOKEN_REFUSED", "Another token.")),
    );
    await expect(ended).rejects.toMatchObject({ code: "API_TOKEN_REFUSED" });
    expect(written.at(-1)).toBe(shown);
  });

  it("touches no terminal when the node does not answer at first", async () => {
    const { ended, written } = await open(() => Promise.reject(new BeltError("API_UNREACHABLE", "Nobody.")));
    await expect(ended).rejects.toMatchObject({ code: "API_UNREACHABLE" });
    expect(written).toEqual([]);
  });
});

describe("belt top", () => {
  it("prints one picture where there is no terminal, and JSON for a program", async () => {
    const { metrics, accept } = counted();
    accept("case>income", 50);
    const { folder } = await serveMemoryNode(metrics.registry);
    const text = await runHere(["top", "--once"], { folder });
    expect(text).toMatchObject({ code: 0, stderr: "" });
    expect(text.stdout).toMatch(/^acme {2}0xa1a1a1a1 .*\n.*\nLedger: following, block 7/);
    expect(text.stdout).toMatch(/^in {3}case>income +0 +0 +50 +40 /m);
    expect(text.stdout).not.toContain("\u001b");
    const { stdout } = await runHere(["top", "--json"], { folder });
    expect(JSON.parse(stdout)).toMatchObject({
      node: { name: "acme" },
      edges: [{ edge: "case>income", traysPerSecond: 0, waiting: 40 }],
    });
  });

  it("says when the node is away", async () => {
    const { folder } = await serveMemoryNode();
    const { code, stdout, stderr } = await runHere(["top", "--once", "--api", "http://127.0.0.1:1"], {
      folder,
    });
    expect([code, stdout]).toEqual([5, ""]);
    expect(stderr).toMatch(errorLine("API_UNREACHABLE"));
  });
});
