import { afterAll, beforeAll, expect, it } from "vitest";
import { engineLedger } from "../../nodes/enginePorts.ts";
import { interfaces } from "../../nodes/ledger/contracts.ts";
import { hashOf } from "../pipeline/index/ledger.ts";
import {
  acceptanceWindow,
  addressOfMember,
  inSeconds,
  publishBelt,
  startTestChain,
  type TestChain,
} from "./ledger/testChain.ts";

let chain: TestChain;
beforeAll(async () => {
  chain = await startTestChain();
});
afterAll(() => chain?.stop());

it("a partner is active as long as the members have not suspended it, and again when they reinstate it", async () => {
  const [own, other] = await Promise.all([chain.open(1), chain.open(2)]);
  const keys = { signingKey: hashOf("signing"), sealingKey: hashOf("sealing") };
  const { block } = await other.publishProfile({ url: "http://127.0.0.1:1", ...keys });
  await own.reached(block);
  const { partner } = engineLedger(own, own);
  expect(partner(other.account)).toMatchObject({ member: other.account, active: true });
  const decide = async (data: string) =>
    own.reached(await chain.govern({ target: chain.deployment.contracts.Profiles, data }));
  await decide(interfaces.Profiles.encodeFunctionData("suspend", [addressOfMember(2)]));
  expect(partner(other.account)?.active).toBe(false);
  await decide(interfaces.Profiles.encodeFunctionData("reinstate", [addressOfMember(2)]));
  expect(partner(other.account)?.active).toBe(true);
});

it("cases are disputed, and the dispute ends when nobody decides it", async () => {
  const [producer, consumer] = await Promise.all([chain.open(1), chain.open(2)]);
  const belt = await publishBelt(producer, "ports");
  await consumer.reached(producer.view.head?.number ?? 0);
  const booking = { belt, root: hashOf("ports"), count: 70, deadline: inSeconds(90 * 86_400), maxCost: 350n };
  const { sheet, block } = await consumer.book(booking);
  await producer.reached(block);
  const [station, shop] = [engineLedger(producer, producer), engineLedger(consumer, consumer)];
  await station.report({ sheet, station: 0, exceptions: new Map([[1, "failed"]]) });
  await consumer.reached(producer.view.head?.number ?? 0);
  const report = (ledger: typeof shop) => ledger.sheet(sheet)?.reported.get(0) ?? expect.fail();
  expect(report(shop)).toMatchObject({ settled: false, inDispute: false });
  await shop.dispute({ sheet, station: 0, cases: [0, 69], evidence: hashOf("evidence") });
  expect([0, 1, 2, 69].map((number) => report(shop).statusOf(number))).toEqual([
    ...["disputed", "failed", "done", "disputed"],
  ]);
  await shop.accept(sheet, [0]);
  await producer.reached(consumer.view.head?.number ?? 0);
  expect(report(station)).toMatchObject({ settled: true, inDispute: true });
  await chain.rpc("evm_setNextBlockTimestamp", report(station).at + acceptanceWindow + 30 * 86_400 + 1);
  await chain.mine(1);
  await station.lapse(sheet, 0);
  expect(report(station)).toMatchObject({ settled: true, inDispute: false });
  expect(station.owed()).toBe(69n * 5n);
});

it("a head is anchored with its frontier, which is read again from the ledger alone", async () => {
  const ledger = await chain.open(3);
  const { anchor, anchored, frontier } = engineLedger(ledger, ledger);
  expect(await frontier()).toBeUndefined();
  const hashes = [hashOf("first eight"), hashOf("next two")];
  await anchor({ size: 10, root: hashOf("ten") }, hashes);
  expect(anchored()).toMatchObject({ size: 10, root: hashOf("ten") });
  const reader = await chain.open(3);
  await reader.caughtUp();
  expect(await engineLedger(reader).frontier()).toEqual(hashes);
  // A head of an earlier version came without.
  await ledger.anchor({ size: 11, root: hashOf("eleven") });
  expect(await frontier()).toBeUndefined();
});
