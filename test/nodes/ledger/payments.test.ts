import { MaxUint256 } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { interfaces } from "../../../nodes/ledger/contracts.ts";
import type { Ledger, StationsOfSheet } from "../../../nodes/ledger/index.ts";
import { escrowOf, type Hash, owedTo } from "../../../pipeline/index/index.ts";
import { hashOf } from "../../pipeline/index/ledger.ts";
import {
  acceptanceWindow,
  addressOfMember,
  inSeconds,
  publishBelt,
  startingCredit,
  startTestChain,
  type TestChain,
} from "./testChain.ts";

let chain: TestChain;
let producer: Ledger;
let belt: Hash;
beforeAll(async () => {
  chain = await startTestChain();
  producer = await chain.open(1);
  belt = await publishBelt(producer, "paid");
});
afterAll(async () => {
  await chain?.stop();
});

/** Ten cases at 5 each. */
const booking = (root: string, deadline = inSeconds(10_000)) => ({
  ...{ belt, root: hashOf(root), count: 10, deadline, maxCost: 50n },
});

/** Books, and has the producer report all but two cases done. */
async function reported(consumer: Ledger, root: string): Promise<StationsOfSheet> {
  await consumer.reached(producer.view.head?.number ?? 0);
  const { sheet, block } = await consumer.book(booking(root));
  await producer.reached(block);
  const exceptions = new Map([
    [2, "failed" as const],
    [7, "blocked" as const],
  ]);
  const report = await producer.report({ sheet, station: 0, exceptions });
  await consumer.reached(report.block);
  return { sheet, stations: [0] };
}

describe("payments", () => {
  it("approve once, then book; what is on the ledger is not written again", async () => {
    const consumer = await chain.open(2);
    await consumer.reached(producer.view.head?.number ?? 0);
    expect(await consumer.credit()).toMatchObject({ balance: startingCredit, allowance: 0n, decimals: 0 });
    const [first, second] = await Promise.all([consumer.book(booking("one")), consumer.book(booking("two"))]);
    const { balance, allowance, owed } = await consumer.credit();
    expect({ balance, allowance, owed }).toEqual({
      balance: startingCredit - 100n,
      allowance: MaxUint256,
      owed: 0n,
    });
    const count = await chain.transactionsOf(2);
    expect(await consumer.book(booking("one", consumer.view.sheets.get(first.sheet)?.deadline))).toEqual(
      first,
    );
    await consumer.book(booking("three"));
    expect(await chain.transactionsOf(2)).toBe(count + 1);
    expect(first.sheet).not.toBe(second.sheet);
  });

  it("pay the station when the consumer accepts, refund the rest, and are withdrawn by each", async () => {
    const consumer = await chain.open(2);
    const place = await reported(consumer, "accepted");
    const before = await producer.credit();
    const accepted = await consumer.accept(place);
    expect(await consumer.accept(place)).toEqual(accepted);
    await producer.reached(accepted.block);
    expect(owedTo(producer.view, producer.account)).toBe(40n);
    expect(owedTo(producer.view, consumer.account)).toBe(10n);
    expect(escrowOf(producer.view.sheets.get(place.sheet) ?? expect.fail())).toBe(0n);
    expect(await producer.settle(place)).toEqual(accepted);

    const withdrawn = await producer.withdraw();
    expect(withdrawn?.block).toBeGreaterThan(accepted.block);
    expect(await producer.withdraw()).toBeUndefined();
    const after = await producer.credit();
    expect(after).toMatchObject({ balance: before.balance + 40n, owed: 0n });

    // Another withdrawal is another transaction, though it is called the same.
    const again = await reported(consumer, "accepted again");
    await producer.reached((await consumer.accept(again)).block);
    await producer.withdraw();
    expect((await producer.credit()).balance).toBe(after.balance + 40n);
    expect(producer.view.balances.get(producer.account)).toMatchObject({ withdrawals: 2, withdrawn: 80n });
  });

  it("of what is never accepted come after the window", async () => {
    const consumer = await chain.open(2);
    const place = await reported(consumer, "ignored");
    await expect(producer.settle(place)).rejects.toMatchObject({ revert: { error: "WindowOpen" } });
    const report = producer.view.sheets.get(place.sheet)?.reports[0] ?? expect.fail();
    expect(await producer.acceptanceWindow()).toBe(acceptanceWindow);
    await chain.rpc("evm_setNextBlockTimestamp", report.reported.at + acceptanceWindow + 1);
    await chain.mine(1);
    await producer.settle(place);
    expect(producer.view.sheets.get(place.sheet)?.settlements[0]).toMatchObject({
      settler: producer.account,
      paid: 40n,
      refunded: 10n,
    });
    await expect(producer.settle({ ...place, stations: [1] })).rejects.toMatchObject({
      revert: { error: "StationUnknown" },
    });
  });

  it("refuse a booking beyond what the account has, in words, before anything is sent", async () => {
    const poor = await chain.open(3);
    await poor.reached(producer.view.head?.number ?? 0);
    const { Credit } = chain.deployment.contracts;
    const data = interfaces.Credit.encodeFunctionData("transfer", [addressOfMember(4), startingCredit - 49n]);
    const from = addressOfMember(3);
    await chain.rpc("eth_sendTransaction", { from, to: Credit, data });
    const count = await chain.transactionsOf(3);
    const short = {
      code: "CREDIT_SHORT",
      message: "The sheet costs 50, and the account has 49.",
    };
    await expect(poor.book(booking("short"))).rejects.toMatchObject(short);
    await expect(poor.requireCredit(50n)).rejects.toMatchObject(short);
    await poor.requireCredit(49n);
    expect(await chain.transactionsOf(3)).toBe(count);
  });
});
