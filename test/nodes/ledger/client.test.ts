import { Wallet } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { interfaces } from "../../../nodes/ledger/contracts.ts";
import { calls, LedgerRevert, openLedgerReader, type SubmissionState } from "../../../nodes/ledger/index.ts";
import { caseStatuses, contractNamed, headOf, keysAt } from "../../../pipeline/index/index.ts";
import { hashOf } from "../../pipeline/index/ledger.ts";
import { until } from "../../support/until.ts";
import { startProxy } from "./rpcProxy.ts";
import {
  addressOfMember,
  inSeconds,
  publishBelt,
  startTestChain,
  type TestChain,
  terms,
} from "./testChain.ts";

let chain: TestChain;
beforeAll(async () => {
  chain = await startTestChain();
});
afterAll(async () => {
  await chain?.stop();
});

const key = (name: string) => ({ signingKey: hashOf("sign", name), sealingKey: hashOf("seal", name) });
describe("a member", () => {
  it("publishes its profile, and comes back to an old one", async () => {
    const ledger = await chain.open(1);
    const first = { url: "http://127.0.0.1:1", ...key("first") };
    const second = { url: "http://127.0.0.1:1", ...key("second") };
    const blocks: number[] = [];
    for (const update of [first, second, first]) {
      const { block } = await ledger.publishProfile(update);
      expect(await ledger.publishProfile(update)).toMatchObject({ block });
      blocks.push(block);
      expect(keysAt(ledger.view, ledger.account)?.signingKey).toBe(update.signingKey);
    }
    expect(new Set(blocks).size).toBe(3);
    expect(ledger.view.keys.get(ledger.account)?.length).toBe(3);
    expect(ledger.view.profiles.get(ledger.account)).toMatchObject({ name: "m1", url: first.url, kinds: 31 });
  });

  it("offers, chains, books, reports, anchors and expires", async () => {
    const producer = await chain.open(1);
    const consumer = await chain.open(2);
    const belt = await publishBelt(producer, "whole");
    await consumer.reached(producer.view.head?.number ?? 0);
    const booking = { belt, root: hashOf("root"), count: 130, deadline: inSeconds(120), maxCost: 650n };
    const { sheet } = await consumer.book(booking);
    expect(consumer.view.sheets.get(sheet)).toMatchObject({
      belt,
      count: 130,
      cost: 650n,
      consumer: consumer.account,
    });
    const exceptions = new Map([[129, "unprocessable" as const]]);
    await producer.report({ sheet, station: 0, exceptions });
    const reported = producer.view.sheets.get(sheet) ?? expect.fail();
    expect(caseStatuses(reported, 129)).toEqual(["unprocessable"]);
    expect(caseStatuses(reported, 0)).toEqual(["done"]);
    await producer.anchor({ size: 130, root: hashOf("log") });
    expect(headOf(producer.view, producer.account)).toMatchObject({ size: 130, root: hashOf("log") });
    await producer.withdrawOffer(producer.view.belts.get(belt)?.offers[0] ?? expect.fail());
    await expect(consumer.book({ ...booking, root: hashOf("late") })).rejects.toMatchObject({
      code: "BELT_OFFER_UNAVAILABLE",
      revert: { error: "OfferNotLive" },
    });
  });

  it("writes nothing that is on the ledger already, even with an empty store", async () => {
    const again = await chain.open(1);
    const { offer } = await again.publishOffer(terms("twice"));
    const count = await chain.transactionsOf(1);
    expect(await again.publishOffer(terms("twice"))).toMatchObject({ offer });
    const reborn = await chain.open(1);
    expect(await reborn.publishOffer(terms("twice"))).toMatchObject({ offer });
    await reborn.anchor({ size: 130, root: hashOf("log") });
    expect(await chain.transactionsOf(1)).toBe(count);
  });

  it("does not take one offer for another with the same document", async () => {
    const ledger = await chain.open(1);
    await ledger.publishOffer(terms("dear"));
    const dearer = { ...terms("dear"), price: 6n };
    await expect(ledger.publishOffer(dearer)).rejects.toMatchObject({ code: "LEDGER_INTENT_CONFLICT" });
    const reborn = await chain.open(1);
    await expect(reborn.publishOffer(dearer)).rejects.toMatchObject({ revert: { error: "OfferExists" } });
  });

  it("expires a sheet after its deadline, though no block came since and the node sees no further", async () => {
    const proxy = await startProxy(chain.url);
    proxy.refuse = ({ params }) => (params.includes("pending") ? "no pending state here" : undefined);
    let ahead = 0;
    const producer = await chain.open(1);
    const now = () => Date.now() + ahead;
    const consumer = await chain.open(2, { url: proxy.url, now, clockTolerance: 1_000 });
    const belt = await publishBelt(producer, "expiring");
    await consumer.reached(producer.view.head?.number ?? 0);
    const booking = { belt, root: hashOf("forgotten"), count: 3, deadline: inSeconds(90), maxCost: 15n };
    const { sheet } = await consumer.book(booking);
    await expect(consumer.expire(sheet)).rejects.toMatchObject({ revert: { error: "DeadlineNotPassed" } });
    const count = await chain.transactionsOf(2);
    await chain.rpc("evm_setNextBlockTimestamp", booking.deadline + 1);
    ahead = 120_000;
    await consumer.expire(sheet);
    expect(await chain.transactionsOf(2)).toBe(count + 1);
    expect(caseStatuses(consumer.view.sheets.get(sheet) ?? expect.fail(), 2)).toEqual(["expired"]);
    await expect(producer.report({ sheet, station: 0, exceptions: new Map() })).rejects.toMatchObject({
      code: "LEDGER_TOO_LATE",
      revert: { error: "DeadlinePassed" },
    });
    await consumer.close();
    await proxy.stop();
  });
});

describe("a refusal", () => {
  it("is told in a sentence with names and numbers, before anything is sent", async () => {
    const ledger = await chain.open(3);
    await ledger.anchor({ size: 10, root: hashOf("ten") });
    const count = await chain.transactionsOf(3);
    const refused = ledger.anchor({ size: 9, root: hashOf("nine") });
    await expect(refused).rejects.toBeInstanceOf(LedgerRevert);
    await expect(refused).rejects.toMatchObject({
      code: "LEDGER_STATE_REFUSED",
      message:
        "The ledger refuses to anchor the log: the log of m3 is anchored with 10 receipts, and only grows: 9 is not more.",
      revert: { error: "SizeNotGrown", parameters: { member: ledger.account, size: "9", anchored: "10" } },
    });
    expect(await chain.transactionsOf(3)).toBe(count);
    await expect(ledger.estimate(calls.anchor({ size: 10, root: hashOf("x") }))).rejects.toThrow(
      "10 is not more",
    );
  });

  it("of somebody who is no member", async () => {
    const stranger = await chain.open(19);
    await expect(stranger.anchor({ size: 1, root: hashOf("x") })).rejects.toMatchObject({
      revert: { error: "NotActive", parameters: { account: stranger.account } },
    });
  });

  it("of what the ledger cannot hold", async () => {
    const ledger = await chain.open(3);
    await expect(async () => ledger.anchor({ size: -1, root: hashOf("x") })).rejects.toMatchObject({
      code: "INPUT_INVALID",
    });
  });

  it("of an account without money", async () => {
    const wallet = Wallet.createRandom();
    const poor = await chain.open(1, { wallet });
    await expect(poor.anchor({ size: 1, root: hashOf("x") })).rejects.toMatchObject({
      code: "MEMBER_INACTIVE",
    });
    const { Profiles } = chain.deployment.contracts;
    const data = interfaces.Profiles.encodeFunctionData("admit", [wallet.address, "poor", 1]);
    await chain.govern({ target: Profiles, data });
    await expect(poor.anchor({ size: 1, root: hashOf("x") })).rejects.toMatchObject({
      code: "LEDGER_FUNDS_SHORT",
    });
  });
});

it("estimates without sending", async () => {
  const ledger = await chain.open(4);
  const { gas, mostCost } = await ledger.estimate(calls.anchor({ size: 1, root: hashOf("one") }));
  expect(gas).toBeGreaterThan(40_000n);
  expect(gas).toBeLessThan(120_000n);
  expect(mostCost).toBeGreaterThan(gas);
  expect(await chain.transactionsOf(4)).toBe(0);
});

it("tells every state of a transaction", async () => {
  const ledger = await chain.open(4);
  const states: SubmissionState[] = [];
  await ledger.anchor({ size: 1, root: hashOf("one") }, { onState: ({ state }) => states.push(state) });
  await until(() => states.includes("final"));
  expect(states).toEqual(["signed", "sent", "mined", "final"]);
});

describe("a reader", () => {
  it("needs no account and no store", async () => {
    const { url, deployment } = chain;
    const reader = await openLedgerReader({ url, directory: deployment.directory, chainId: 31_337 });
    expect(reader.state()).toMatchObject({ phase: "following", reason: undefined });
    expect(reader.view.head?.number).toBe(await chain.height());
    expect([...reader.view.memberByName.keys()].slice(0, 4)).toEqual(["m1", "m2", "m3", "m4"]);
    expect(contractNamed(reader.view, "Bookings")).toBe(deployment.contracts.Bookings);
    expect(await reader.verified()).toMatchObject({ chainId: 31_337, genesis: deployment.genesis });
    await reader.close();
  });

  const wrong: [string, () => object, string, string][] = [
    ["a wrong chain", () => ({ chainId: 1 }), "LEDGER_WRONG_CHAIN", "chain 31337, not chain 1"],
    ["no contract", () => ({ directory: addressOfMember(9) }), "LEDGER_NO_DIRECTORY", "no contract at"],
    [
      "another contract",
      () => ({ directory: chain.deployment.contracts.Offers }),
      "LEDGER_NO_DIRECTORY",
      "is not a directory",
    ],
    ["no address", () => ({ directory: "0x12" }), "INPUT_INVALID", "40 hexadecimal digits"],
    ["nobody there", () => ({ url: "http://127.0.0.1:9" }), "LEDGER_UNREACHABLE", "nothing listens there"],
    ["no URL", () => ({ url: "127.0.0.1:8545" }), "INPUT_INVALID", "http or https"],
    [
      "a secret in the URL",
      () => ({ url: "http://u:secret@127.0.0.1:9/key" }),
      "LEDGER_UNREACHABLE",
      "//127.0.0.1:9 ",
    ],
  ];
  it.each(wrong)("says so when there is %s", async (_, given, code, words) => {
    const { url, deployment } = chain;
    const opening = openLedgerReader({ url, directory: deployment.directory, ...given() });
    await expect(opening).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
    await expect(opening).rejects.not.toMatchObject({ message: expect.stringMatching(/secret|key/) });
  });
});
