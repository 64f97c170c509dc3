import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { interfaces } from "../../../nodes/ledger/contracts.ts";
import type { Ledger } from "../../../nodes/ledger/index.ts";
import type { Hash } from "../../../pipeline/index/index.ts";
import { hashOf } from "../../pipeline/index/ledger.ts";
import { inSeconds, startMarket, type TestChain } from "./testChain.ts";

let chain: TestChain;
let producer: Ledger;
let consumer: Ledger;
let belt: Hash;
beforeAll(async () => {
  ({ chain, producer, consumer, belt } = await startMarket("together"));
});
afterAll(async () => {
  await chain?.stop();
});

/** Books sheets of ten cases that only these names tell apart. */
async function book(...roots: readonly string[]): Promise<Hash[]> {
  const sheets: Hash[] = [];
  for (const root of roots) {
    const booking = { belt, root: hashOf(root), count: 10, deadline: inSeconds(86_400), maxCost: 50n };
    const { sheet, block } = await consumer.book(booking);
    await producer.reached(block);
    sheets.push(sheet);
  }
  return sheets;
}

const reports = (sheets: readonly Hash[]) =>
  sheets.map((sheet) => producer.together.report({ sheet, station: 0, exceptions: new Map() }));

describe("what is written together", () => {
  it("is one transaction, of reports and of acceptances", async () => {
    const sheets = await book("one", "two", "three");
    const [reportsBefore, acceptancesBefore] = [await chain.transactionsOf(1), await chain.transactionsOf(2)];
    const reported = await Promise.all(reports(sheets));
    expect(new Set(reported.map(({ transaction }) => transaction)).size).toBe(1);
    expect(await chain.transactionsOf(1)).toBe(reportsBefore + 1);
    await consumer.reached(reported[0]?.block ?? expect.fail());
    await Promise.all(sheets.map((sheet) => consumer.together.accept({ sheet, stations: [0] })));
    expect(await chain.transactionsOf(2)).toBe(acceptancesBefore + 1);
    const paid = sheets.map((sheet) => consumer.view.sheets.get(sheet)?.settlements[0]?.paid);
    expect(paid).toEqual([50n, 50n, 50n]);
  });

  it("is a transaction of its own where nothing else is written", async () => {
    const sheets = await book("alone");
    const [written] = await Promise.all(reports(sheets));
    const transaction = await chain.rpc("eth_getTransactionByHash", written?.transaction);
    expect(transaction).toMatchObject({
      input: expect.stringMatching(interfaces.Bookings.getFunction("report").selector),
    });
  });

  it("is not held up by what the contract refuses", async () => {
    const [declined = expect.fail(), ...others] = await book("declined", "fourth", "fifth");
    await producer.decline({ sheet: declined, station: 0 });
    const outcomes = await Promise.allSettled(reports([declined, ...others]));
    expect(outcomes).toMatchObject([
      { status: "rejected", reason: { revert: { error: "StationClosed" } } },
      { status: "fulfilled" },
      { status: "fulfilled" },
    ]);
  });

  it("is written once", async () => {
    const [first = expect.fail(), ...others] = await book("sixth", "seventh", "eighth");
    const alone = await producer.report({ sheet: first, station: 0, exceptions: new Map() });
    const before = await chain.transactionsOf(1);
    const written = await Promise.all(reports([first, ...others]));
    expect(written[0]).toEqual(alone);
    expect(await Promise.all(reports([first, ...others]))).toEqual(written);
    expect(await chain.transactionsOf(1)).toBe(before + 1);
  });
});
