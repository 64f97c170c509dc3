import { afterEach, describe, expect, it } from "vitest";
import type { Queue } from "../../../nodes/engine/index.ts";
import { createMetrics } from "../../../nodes/metrics/index.ts";
import { defineStation } from "../../../nodes/stations/index.ts";
import { BeltError } from "../../../pipeline/errors.ts";
import { closed, number } from "../../support/closed.ts";
import { Consortium } from "../../support/consortium.ts";
import { until } from "../../support/until.ts";

/** Resolves once the near station may go on. */
let gate = Promise.withResolvers<void>();

const near = defineStation<{ n: number }, { twice: number }>({
  name: "near",
  version: "1.0.0",
  input: closed({ n: number }),
  output: closed({ twice: number }),
  async process({ n }) {
    await gate.promise;
    return { twice: 2 * n };
  },
});

const far = defineStation<{ twice: number }, { four: number }>({
  name: "far",
  version: "1.0.0",
  input: closed({ twice: number }),
  output: closed({ four: number }),
  process: ({ twice }) => ({ four: 2 * twice }),
});

const belt = {
  belt: "two-steps",
  case: closed({ n: number }),
  stations: {
    near: { offer: "north/near", needs: { "/n": "case#/n" } },
    far: { offer: "south/far", needs: { "/twice": "near#/twice" } },
  },
  result: { "/four": "far#/four" },
};

let consortium: Consortium;
afterEach(async () => {
  gate.resolve();
  await consortium.stop();
});

/** A consortium with the near station's gate closed, and what its nodes count. */
async function open() {
  gate = Promise.withResolvers<void>();
  consortium = new Consortium({ members: { shop: [], north: [near], south: [far] } });
  await consortium.start();
  const id = await consortium.publish(belt, "shop");
  const counted = new Map(
    [...consortium.members].map(([name, { signals }]) => [name, createMetrics({ signals, version: "1" })]),
  );
  const value = async (name: string, series: string): Promise<number | undefined> => {
    const text = (await counted.get(name)?.registry.metrics()) ?? "";
    const line = text.split("\n").find((each) => each.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length));
  };
  const cases = Array.from({ length: 300 }, (_, n) => ({ n }));
  const book = () => consortium.book("shop", id, cases);
  const ended = (sheet: string) =>
    until(async () => (await consortium.engine("shop").collector.progress(sheet)).get("far")?.size === 300);
  return { value, book, ended };
}

const incoming = (name: string, edge: string): Queue | undefined =>
  consortium.engine(name).queues().incoming.get(edge);
const outgoing = (name: string, edge: string): Queue | undefined =>
  consortium.engine(name).queues().outgoing.get(edge);

describe("a belt at work", () => {
  it("is counted at both ends of every edge, once a tray", async () => {
    const { value, book, ended } = await open();
    gate.resolve();
    await ended(await book());
    for (const [sender, edge, receiver] of [
      ["shop", "case>near", "north"],
      ["north", "near>far", "south"],
      ["north", "near>result", "shop"],
      ["south", "far>result", "shop"],
    ] as const) {
      const of = `{edge="${edge}"}`;
      const trays = (await value(receiver, `belt_trays_accepted_total${of}`)) ?? 0;
      expect(trays, edge).toBeGreaterThan(1);
      expect(await value(receiver, `belt_tray_items_sum${of}`)).toBe(300);
      expect(await value(receiver, `belt_tray_bytes_total${of}`)).toBeGreaterThan(300 * 60);
      expect(await value(receiver, `belt_tray_accept_seconds_count${of}`)).toBe(trays);
      await until(async () => (await value(sender, `belt_trays_sent_total${of}`)) === trays);
      expect(await value(sender, `belt_tray_delivery_seconds_count${of}`)).toBe(trays);
      // What reaches the consumer is kept as outcomes: no tray of it stays.
      const stayed = edge.endsWith("result") ? undefined : trays;
      expect(await value(receiver, `belt_tray_stay_seconds_count${of}`)).toBe(stayed);
    }
    expect(await value("north", 'belt_receipts_total{station="near",status="done"}')).toBe(300);
  });

  it("tells how many cases wait at a station, and since when", async () => {
    const { book, ended } = await open();
    const before = Date.now();
    const sheet = await book();
    await until(() => incoming("north", "case>near")?.count === 300);
    const { since = 0 } = incoming("north", "case>near") ?? {};
    expect(since).toBeGreaterThanOrEqual(before);
    expect(since).toBeLessThanOrEqual(Date.now());
    gate.resolve();
    await ended(sheet);
    await until(() => incoming("north", "case>near") === undefined);
  });

  it("tells which trays a partner that is away keeps waiting, since when, and why", async () => {
    const { value, book, ended } = await open();
    consortium.kill("south");
    gate.resolve();
    const before = Date.now();
    const sheet = await book();
    await until(() => (outgoing("north", "near>far")?.count ?? 0) > 0);
    const { since = 0 } = outgoing("north", "near>far") ?? {};
    expect(since).toBeGreaterThanOrEqual(before);
    const failed = 'belt_tray_attempts_failed_total{edge="near>far",code="PARTNER_UNREACHABLE"}';
    await until(async () => ((await value("north", failed)) ?? 0) > 1);
    await consortium.start("south");
    await ended(sheet);
    await until(() => outgoing("north", "near>far") === undefined);
  });

  it("counts what it is sent and does not take", async () => {
    const { value } = await open();
    await expect(consortium.engine("north").accept(Buffer.from("nonsense"))).rejects.toThrow();
    expect(await value("north", 'belt_trays_rejected_total{code="TRAY_INVALID"}')).toBe(1);
  });

  it("tells for how long the ledger has not had its receipts", async () => {
    const { book, ended } = await open();
    const lag = (): number => consortium.engine("north").anchorLag();
    expect(lag()).toBe(0);
    const sheet = await book();
    consortium.ledger.outage = new BeltError("LEDGER_UNREACHABLE", "It is away.");
    gate.resolve();
    await ended(sheet);
    await until(() => lag() > 100);
    consortium.ledger.outage = undefined;
    await until(() => consortium.engine("north").load().unanchored === 0);
    expect(lag()).toBe(0);
  });
});
