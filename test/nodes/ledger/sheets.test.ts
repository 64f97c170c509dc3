import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ledger } from "../../../nodes/ledger/index.ts";
import {
  escrowOf,
  finalAt,
  type Hash,
  inDispute,
  owedTo,
  sheetState,
  stationStatus,
} from "../../../pipeline/index/index.ts";
import { hashOf } from "../../pipeline/index/ledger.ts";
import { acceptanceWindow, inSeconds, startMarket, type TestChain, terms, year2100 } from "./testChain.ts";

const day = 86_400;
let chain: TestChain;
let producer: Ledger;
let consumer: Ledger;
let belt: Hash;
beforeAll(async () => {
  ({ chain, producer, consumer, belt } = await startMarket("disputed"));
});
afterAll(async () => {
  await chain?.stop();
});

const sheetIn = ({ view }: Ledger, sheet: Hash) => view.sheets.get(sheet) ?? expect.fail();

/** A hundred cases at 5 each. */
async function book(root: string): Promise<{ readonly sheet: Hash; readonly station: number }> {
  const booking = { belt, root: hashOf(root), count: 100, deadline: inSeconds(40 * day), maxCost: 500n };
  const { sheet, block } = await consumer.book(booking);
  await producer.reached(block);
  return { sheet, station: 0 };
}

/** Does the same twice: it is one transaction. */
async function once<T>(member: number, act: () => Promise<T>): Promise<T> {
  const before = await chain.transactionsOf(member);
  const done = await act();
  expect(await act()).toEqual(done);
  expect(await chain.transactionsOf(member)).toBe(before + 1);
  return done;
}

describe("a sheet", () => {
  it("is reported in parts", async () => {
    const place = await book("parts");
    await once(1, () => producer.report({ ...place, covered: 2, exceptions: new Map([[70, "failed"]]) }));
    await expect(consumer.accept({ sheet: place.sheet, stations: [0] })).rejects.toMatchObject({
      ...{ code: "LEDGER_STATE_REFUSED", revert: { error: "StationUnreported" } },
    });
    const { block } = await once(1, () => producer.report({ ...place, covered: 1, exceptions: new Map() }));
    await consumer.reached(block);
    await consumer.accept({ sheet: place.sheet, stations: [0] });
    expect(sheetIn(consumer, place.sheet).settlements[0]).toMatchObject({ paid: 495n, refunded: 5n });
  });

  it("is disputed by its consumer, and decided by two supervisors", async () => {
    const place = await book("disputed");
    await consumer.reached((await producer.report({ ...place, exceptions: new Map() })).block);
    const dispute = { ...place, cases: [7, 99], evidence: hashOf("evidence") };
    await once(2, () => consumer.dispute(dispute));
    await consumer.accept({ sheet: place.sheet, stations: [0] });
    expect(escrowOf(sheetIn(consumer, place.sheet))).toBe(10n);
    expect(inDispute(sheetIn(consumer, place.sheet))).toEqual([0]);
    // Members 1 and 2 are supervisors too, but parties.
    await expect(producer.resolve({ ...place, upheld: [] })).rejects.toMatchObject({
      revert: { error: "SupervisorIsParty" },
    });
    const [first, second] = [await chain.open(3), await chain.open(4)];
    for (const supervisor of [first, second]) await supervisor.reached(consumer.view.head?.number ?? 0);
    await once(3, () => first.resolve({ ...place, upheld: [99, 7] }));
    // A supervisor can come to another decision, and back to its first.
    await first.resolve({ ...place, upheld: [] });
    await once(3, () => first.resolve({ ...place, upheld: [7] }));
    const { block } = await second.resolve({ ...place, upheld: [7] });
    await consumer.reached(block);
    const sheet = sheetIn(consumer, place.sheet);
    expect([7, 99].map((number) => stationStatus(sheet, 0, number))).toEqual(["upheld", "done"]);
    expect(sheet.disputes[0]?.end).toMatchObject({
      ...{ supervisors: [first.account, second.account], paid: 5n, refunded: 5n },
    });
    expect(sheetState(sheet, inSeconds(0))).toBe("settled");
  });

  it("is cancelled by its consumer, and declined by its station", async () => {
    const place = await book("cancelled");
    const { block } = await once(2, () => consumer.cancelSheet(place.sheet));
    await producer.reached(block);
    const { deadline, cancelled } = sheetIn(producer, place.sheet);
    expect(deadline).toBe((cancelled?.at ?? 0) + 3_600);
    // What was booked stays booked under its name, though the deadline is another one now.
    await producer.report({ ...place, covered: 1, exceptions: new Map() });
    await once(1, () => producer.decline(place));
    const sheet = sheetIn(producer, place.sheet);
    expect([0, 99].map((number) => stationStatus(sheet, 0, number))).toEqual(["done", "declined"]);
    expect([escrowOf(sheet), finalAt(sheet, 0)]).toEqual([320n, sheet.declines[0]?.declined.at]);
  });

  it("waits for supervisors that stay silent no longer than it must", async () => {
    const place = await book("silent");
    const { block } = await producer.report({ ...place, exceptions: new Map() });
    await consumer.reached(block);
    await consumer.dispute({ ...place, cases: [1], evidence: hashOf("evidence") });
    await producer.reached((await consumer.accept({ sheet: place.sheet, stations: [0] })).block);
    await expect(producer.lapse(place)).rejects.toMatchObject({ revert: { error: "DisputeOpen" } });
    const { reported } = sheetIn(producer, place.sheet).reports[0] ?? expect.fail();
    await chain.rpc("evm_setNextBlockTimestamp", reported.at + acceptanceWindow + 30 * day + 1);
    await chain.mine(1);
    await once(1, () => producer.lapse(place));
    expect(sheetIn(producer, place.sheet).disputes[0]?.end).toMatchObject({ supervisors: [], paid: 5n });
  });
});

describe("a single offer", () => {
  it("is booked alone", async () => {
    const { offer, block } = await producer.publishOffer(terms("alone"));
    await consumer.reached(block);
    const now = Number(await latestTime());
    const booking = { offer, root: hashOf("alone"), count: 3, deadline: now + 1_000, maxCost: 15n };
    const { sheet } = await once(2, () => consumer.bookOffer(booking));
    expect(sheetIn(consumer, sheet)).toMatchObject({ belt: null, offers: [offer], count: 3, cost: 15n });
    await expect(consumer.bookOffer({ ...booking, count: 4 })).rejects.toMatchObject({
      code: "LEDGER_INTENT_CONFLICT",
    });
  });
});

describe("a product", () => {
  const room = (document: string, units: number) => ({
    ...{ document: hashOf(document), kind: "product" as const, price: 40n, deadlineSeconds: 3_600 },
    ...{ capacity: units, validUntil: year2100 },
  });

  it("is booked by the day, in the calendar of all its versions, and freed by a cancellation", async () => {
    const first = await producer.publishOffer(room("room 1", 1));
    const newer = { ...room("room 2", 1), supersedes: first.offer };
    const second = await once(1, () => producer.publishOffer(newer));
    expect(producer.view.offers.get(first.offer)?.withdrawn).toBeDefined();
    expect(producer.view.offers.get(second.offer)).toMatchObject({ kind: 2, supersedes: first.offer });
    await consumer.reached(second.block);
    const firstDay = Math.floor(Number(await latestTime()) / day) + 10;
    const stay = { offer: second.offer, firstDay, dayCount: 7, units: 1, maxCost: 280n };
    const { sheet } = await once(2, () => consumer.bookProduct({ ...stay, root: hashOf("stay") }));
    expect(sheetIn(consumer, sheet)).toMatchObject({
      ...{ belt: null, offers: [second.offer], count: 7, cost: 280n },
      ...{ stay: { firstDay, dayCount: 7, units: 1 }, deadline: (firstDay + 7) * day + 3_600 },
    });
    await expect(
      consumer.bookProduct({ ...stay, firstDay: firstDay + 6, dayCount: 1, root: hashOf("late") }),
    ).rejects.toMatchObject({
      code: "LEDGER_STATE_REFUSED",
      message: expect.stringMatching(
        /^The ledger refuses to book: on \d{4}-\d\d-\d\d 1 of 1 units are taken already, and too few are left\.$/,
      ),
    });
    await consumer.cancelSheet(sheet);
    const other = { ...stay, firstDay: firstDay + 6, dayCount: 1, root: hashOf("again") };
    const again = await consumer.bookProduct(other);
    await producer.reached(again.block);
    await expect(
      producer.report({ sheet: again.sheet, station: 0, exceptions: new Map() }),
    ).rejects.toMatchObject({
      ...{ code: "LEDGER_TOO_EARLY", revert: { error: "DayNotBegun" } },
    });
    await producer.decline({ sheet: again.sheet, station: 0 });
    await consumer.reached(producer.view.head?.number ?? 0);
    expect(owedTo(consumer.view, consumer.account)).toBeGreaterThanOrEqual(40n);
  });
});

async function latestTime(): Promise<number> {
  const { timestamp } = await chain.rpc("eth_getBlockByNumber", "latest", false).then(blockOf);
  return timestamp;
}

function blockOf(block: unknown): { readonly timestamp: number } {
  if (typeof block !== "object" || block === null || !("timestamp" in block)) throw new Error("no block");
  return { timestamp: Number(block.timestamp) };
}
