import { afterAll, beforeAll, expect, it } from "vitest";
import type { Ledger } from "../../../nodes/ledger/index.ts";
import { MemoryStore } from "../../../nodes/store/index.ts";
import type { Hash } from "../../../pipeline/index/index.ts";
import { hashOf } from "../../pipeline/index/ledger.ts";
import {
  addressOfMember,
  inSeconds,
  publishBelt,
  startTestChain,
  type TestChain,
  terms,
  walletOf,
} from "./testChain.ts";

let chain: TestChain;
let producer: Ledger;
let belt: Hash;
beforeAll(async () => {
  chain = await startTestChain();
  producer = await chain.open(1);
  belt = await publishBelt(producer, "dry");
});
afterAll(async () => {
  await chain?.stop();
});

/** Ten cases at 5 each. */
const booking = (root: string) => ({
  ...{ belt, root: hashOf(root), count: 10, deadline: inSeconds(10_000), maxCost: 50n },
});

/** Opens the ledger for a member that signs nothing, and sees that nothing is written down either. */
async function open(member: number) {
  const store = new MemoryStore();
  let signed = 0;
  const wallet = {
    address: addressOfMember(member),
    async signTransaction(transaction: object) {
      signed++;
      return walletOf(member).signTransaction(transaction);
    },
  };
  const ledger = await chain.open(member, { store, wallet });
  await ledger.reached(producer.view.head?.number ?? 0);
  const before = await chain.transactionsOf(member);
  return {
    ledger,
    async sawNothing() {
      expect(signed).toBe(0);
      expect(await chain.transactionsOf(member)).toBe(before);
      for await (const key of store.keys({ prefix: "ledger/intents" })) expect.fail(key);
    },
  };
}

it("tells the gas and the fee of what it would send, and sends nothing", async () => {
  const { ledger, sawNothing } = await open(2);
  const { transactions, escrow } = await ledger.dryRun((dry) => dry.publishOffer(terms("never")));
  expect(escrow).toBe(0n);
  expect(transactions).toMatchObject([{ what: "publish the offer", already: false }]);
  const { gas, mostCost } = transactions[0]?.estimate ?? expect.fail("there is no estimate");
  expect(gas).toBeGreaterThan(80_000n);
  expect(mostCost).toBeGreaterThan(gas);
  expect(ledger.view.offers.size).toBe(producer.view.offers.size);
  await sawNothing();
  // In earnest it uses no more.
  const { transaction } = await ledger.publishOffer(terms("never"));
  const { gasUsed } = Object(await chain.rpc("eth_getTransactionReceipt", transaction));
  expect(BigInt(gasUsed)).toBeLessThanOrEqual(gas);
  expect(BigInt(gasUsed)).toBeGreaterThan(gas / 2n);
});

it("tells what is on the ledger already", async () => {
  const { ledger, sawNothing } = await open(1);
  const { transactions } = await ledger.dryRun((dry) => dry.publishOffer(terms("dry")));
  expect(transactions).toEqual([{ what: "publish the offer", already: true, estimate: undefined }]);
  await sawNothing();
});

it("tells what a booking would hold in escrow, before the approval and after it", async () => {
  const { ledger, sawNothing } = await open(3);
  const first = await ledger.dryRun((dry) => dry.book(booking("dry")));
  expect(first).toMatchObject({
    transactions: [
      { what: "approve what bookings cost", estimate: { gas: expect.any(BigInt) } },
      // Without the approval no node can try it out; that it lacks nothing else is known.
      { what: "book", already: false, estimate: undefined },
    ],
    escrow: 50n,
  });
  await sawNothing();
  await ledger.book(booking("in earnest"));
  const second = await ledger.dryRun((dry) => dry.book(booking("dry")));
  expect(second).toMatchObject({
    transactions: [{ what: "book", estimate: { gas: expect.any(BigInt) } }],
    escrow: 50n,
  });
  expect(await chain.transactionsOf(3)).toBe(2);
});

it("refuses what would be refused, in the same words", async () => {
  const { ledger, sawNothing } = await open(4);
  const soon = { ...booking("soon"), deadline: inSeconds(5) };
  await expect(ledger.dryRun((dry) => dry.book(soon))).rejects.toMatchObject({
    code: "LEDGER_VALUE_REFUSED",
    message: expect.stringMatching(/^The ledger refuses to book: the deadline \d{4}-[^ ]+Z is not between /),
  });
  await expect(ledger.dryRun((dry) => dry.book({ ...booking("dear"), count: 1_024 }))).rejects.toMatchObject({
    code: "LEDGER_VALUE_REFUSED",
    message: expect.stringContaining("the sheet costs 5120, more than the 50 that may be spent"),
  });
  const unknown = { sheet: hashOf("nothing"), stations: [0] };
  await expect(ledger.dryRun((dry) => dry.accept(unknown))).rejects.toMatchObject({
    code: "NOT_FOUND",
    message: `The ledger refuses to accept the report: there is no sheet ${unknown.sheet.slice(0, 10)}.`,
  });
  await sawNothing();
});
