import { id as keccakOf } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../nodes/clock.ts";
import { interfaces } from "../../../nodes/ledger/contracts.ts";
import { describeCall, type Ledger, localRules } from "../../../nodes/ledger/index.ts";
import { governanceOperations } from "../../../nodes/operations/governance.ts";
import { Decision } from "../../../pipeline/governance/index.ts";
import { HashText, isActive, openMotion, pausedUntil, tally } from "../../../pipeline/index/index.ts";
import { hashOf } from "../../pipeline/index/ledger.ts";
import { until } from "../../support/until.ts";
import { addressOfMember, publishBelt, startTestChain, type TestChain } from "./testChain.ts";

/** Five members: three decide. */
const rules = { ...localRules, quorum: 50, superQuorum: 51 };
let chain: TestChain;
let one: Ledger;
let two: Ledger;
let three: Ledger;
beforeAll(async () => {
  chain = await startTestChain({ rules });
  [one, two, three] = await Promise.all([chain.open(1), chain.open(2), chain.open(3)]);
  // Who has just become a member proposes from the next second on.
  await until(() => one.dryRun((ledger) => ledger.propose([{ decision: "lift" }], "first")));
});
afterAll(() => chain?.stop());

const caughtUp = async (...ledgers: Ledger[]) => {
  const height = await chain.height();
  await Promise.all(ledgers.map((ledger) => ledger.reached(height)));
};

/** Has a proposal made, and voted for by as many members as it takes. */
async function pass(decisions: readonly Decision[], reference: string) {
  const { proposal } = await one.propose(decisions, reference);
  await until(async () => (await one.standingOf(proposal)).state === "active");
  for (const ledger of [one, two, three, await chain.open(4)]) {
    await caughtUp(ledger);
    if ((await ledger.standingOf(proposal)).state === "active") await ledger.vote(proposal, "for");
  }
  return proposal;
}

/** Has a proposal made, voted for, and carried out. */
async function decide(decisions: readonly Decision[], reference: string) {
  const proposal = await pass(decisions, reference);
  await one.queue(proposal);
  await until(() => one.execute(proposal));
  await caughtUp(one, two, three);
  return proposal;
}

describe("a member", () => {
  it("proposes, votes, queues and carries out; each is written once", async () => {
    const newcomer = addressOfMember(9);
    const decisions: Decision[] = [
      { decision: "admit", account: newcomer, name: "late", kinds: ["producer", "auditor"] },
      { decision: "mint", member: newcomer, amount: "7" },
    ];
    const made = await one.propose(decisions, "minutes-1");
    expect(await one.propose(decisions, "minutes-1")).toEqual(made);
    const { proposal } = made;
    const record = one.view.proposals.get(proposal) ?? expect.fail();
    expect(record).toMatchObject({
      ...{ proposer: one.account, description: `minutes-1#proposer=${one.account}` },
    });
    expect(record.calls.map((call) => describeCall(one, call))).toEqual([
      `Profiles.admit(account ${newcomer}, name late, kinds producer+auditor)`,
      `Credit.mint(member ${newcomer}, amount 7)`,
    ]);
    await until(async () => (await one.standingOf(proposal)).state === "active");
    expect(await one.standingOf(proposal)).toEqual({ state: "active", quorum: 3, superQuorum: 3 });
    await caughtUp(two, three);
    const { block } = await two.vote(proposal, "abstain");
    expect(await two.vote(proposal, "abstain")).toMatchObject({ block });
    await expect(two.vote(proposal, "for")).rejects.toMatchObject({ code: "LEDGER_DONE_BEFORE" });
    await expect(one.queue(proposal)).rejects.toMatchObject({ code: "LEDGER_STATE_REFUSED" });
    for (const ledger of [one, three, await chain.open(4)]) {
      await ledger.reached(await chain.height());
      await ledger.vote(proposal, "for");
    }
    await caughtUp(one, two);
    expect(tally(one.view, proposal)).toEqual({ for: 3, against: 0, abstain: 1 });
    expect((await one.standingOf(proposal)).state).toBe("succeeded");
    const queued = await two.queue(proposal);
    await caughtUp(one);
    expect(await one.queue(proposal)).toMatchObject({ block: queued.block });
    const executed = await until(() => one.execute(proposal));
    expect(await one.execute(proposal)).toEqual(executed);
    expect(one.view.profiles.get(newcomer)).toMatchObject({ name: "late", kinds: 9, standing: "active" });
    expect((await one.creditOf(newcomer)).balance).toBe(7n);
    expect(await one.standingOf(proposal)).toMatchObject({ state: "executed" });
  });

  it("is told what does not exist, is too early, or was not decided", async () => {
    const none = hashOf("no proposal");
    await expect(one.standingOf(none)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(async () => one.vote(none, "for")).rejects.toMatchObject({ code: "NOT_FOUND" });
    const { proposal } = await one.propose([{ decision: "lift" }], "minutes-2");
    await expect(one.execute(proposal)).rejects.toMatchObject({ code: "LEDGER_STATE_REFUSED" });
    const wordy = one.propose([{ decision: "lift" }], "because we want to");
    await expect(wordy).rejects.toMatchObject({ code: "LEDGER_VALUE_REFUSED" });
    const stranger = await chain.open(19);
    await expect(stranger.propose([{ decision: "lift" }], "minutes-3")).rejects.toMatchObject({
      code: "MEMBER_INACTIVE",
    });
  });

  it("proposes no call twice in one, which could be voted for and never be queued", async () => {
    const mint: Decision = { decision: "mint", member: addressOfMember(1), amount: "7" };
    const twice = one.propose([{ decision: "lift" }, mint, { ...mint, amount: "8" }, mint], "minutes-4");
    await expect(twice).rejects.toMatchObject({ code: "INPUT_INVALID", at: "/decisions/3" });
  });

  it("takes back what it proposed while the vote is not open", async () => {
    const slow = await startTestChain({ rules: { ...rules, votingDelay: 1_000 } });
    try {
      const [ledger, other] = await Promise.all([slow.open(1), slow.open(2)]);
      const { proposal } = await until(() =>
        ledger.propose([{ decision: "lift" }], "minutes-1").catch(() => undefined),
      );
      expect(await ledger.standingOf(proposal)).toEqual({
        ...{ state: "pending", quorum: undefined, superQuorum: undefined },
      });
      await other.reached(await slow.height());
      await expect(other.cancel(proposal)).rejects.toMatchObject({ code: "LEDGER_NOT_ENTITLED" });
      const { block } = await ledger.cancel(proposal);
      expect(await ledger.cancel(proposal)).toMatchObject({ block });
      expect((await ledger.standingOf(proposal)).state).toBe("canceled");
    } finally {
      await slow.stop();
    }
  });

  it("tries a proposal out without making it", async () => {
    const before = await chain.rpc("eth_getTransactionCount", one.account, "latest");
    const { transactions } = await one.dryRun((ledger) => ledger.propose([{ decision: "lift" }], "dry"));
    expect(transactions).toMatchObject([
      { what: "propose it", already: false, estimate: { gas: expect.any(BigInt) } },
    ]);
    expect(await chain.rpc("eth_getTransactionCount", one.account, "latest")).toBe(before);
  });
});

describe("the members", () => {
  it("change the rules by which they decide", async () => {
    expect(await one.rules()).toEqual(rules);
    await decide(
      [{ decision: "rules", votingPeriod: 1_800, executionDelay: 2, quorum: 20, superQuorum: 60 }],
      "minutes-4",
    );
    expect(await one.rules()).toEqual({
      ...{ votingDelay: 0, votingPeriod: 1_800, executionDelay: 2, quorum: 20, superQuorum: 60 },
    });
  });

  it("learn which proposal is to be carried out first, where two decide the same", async () => {
    const mint: Decision = { decision: "mint", member: addressOfMember(2), amount: "5" };
    const [first, second] = [await pass([mint], "minutes-4a"), await pass([mint], "minutes-4b")];
    await one.queue(first);
    const { signal } = new AbortController();
    const { carryOut } = governanceOperations({
      ...{ ledger: one, member: one.account, clock: systemClock, signal },
    });
    await expect(carryOut(second)).rejects.toMatchObject({
      ...{ code: "LEDGER_STATE_REFUSED", message: expect.stringContaining(first) },
      remedy: expect.stringContaining(`belt govern execute ${first.slice(0, 10)}`),
    });
    await until(() => one.execute(first));
    expect(await carryOut(second)).toMatchObject({ state: "executed" });
  });

  it("change the directory, and any contract by a call of their own", async () => {
    const { contracts, directory } = chain.deployment;
    const suspend = interfaces.Profiles.encodeFunctionData("suspend", [addressOfMember(4)]);
    const proposal = await decide(
      [
        { decision: "directory", name: "Archive", target: contracts.Receipts },
        { decision: "call", target: contracts.Profiles, data: suspend },
      ],
      "minutes-5",
    );
    expect(one.view.directory.get("Archive")).toBe(contracts.Receipts);
    expect(isActive(one.view, addressOfMember(4))).toBe(false);
    const { calls } = one.view.proposals.get(proposal) ?? expect.fail();
    expect(calls[0]?.target).toBe(directory);
    expect(calls.map((call) => describeCall(one, call))).toEqual([
      "Directory.set(name Archive, target the Receipts contract)",
      "Profiles.suspend(account m4)",
    ]);
    await decide([{ decision: "reinstate", member: addressOfMember(4) }], "minutes-6");
    expect(isActive(one.view, addressOfMember(4))).toBe(true);
  });

  it("found a community, which its stewards run and members join and leave", async () => {
    const stewards = [one.account];
    await decide([{ decision: "found", name: "care", stewards }], "minutes-7");
    const care = HashText.parse(keccakOf("care"));
    const known = () => one.view.communities.get(care) ?? expect.fail();
    await two.changeCommunity(care, { change: "join" });
    await caughtUp(one);
    await one.changeCommunity(care, { change: "add-steward", member: two.account });
    const belt = await publishBelt(one, "of care");
    await one.changeCommunity(care, { change: "adopt", belt });
    await one.changeCommunity(care, { change: "channel", channel: "chat", url: "https://chat.example" });
    expect([...known().stewards]).toEqual([one.account, two.account]);
    expect([...known().belts.keys()]).toEqual([belt]);
    expect([...known().channels]).toEqual([["chat", "https://chat.example"]]);
    await one.changeCommunity(care, { change: "channel", channel: "chat", url: null });
    await one.changeCommunity(care, { change: "drop", belt });
    await one.changeCommunity(care, { change: "remove-steward", member: one.account });
    await one.changeCommunity(care, { change: "quit" });
    expect([...known().members.keys()]).toEqual([two.account]);
    expect([known().stewards.size, known().belts.size, known().channels.size]).toEqual([1, 0, 0]);
    await expect(one.changeCommunity(care, { change: "adopt", belt })).rejects.toMatchObject({
      code: "LEDGER_NOT_ENTITLED",
    });
  });

  it("pause as supervisors, two of them, and lift it as members", async () => {
    await one.movePause();
    const now = Date.now() / 1_000;
    expect(openMotion(one.view, now)?.supervisor).toBe(one.account);
    await expect(one.movePause()).rejects.toMatchObject({ code: "LEDGER_DONE_BEFORE" });
    await caughtUp(two);
    await two.movePause();
    expect(pausedUntil(two.view, now)).toBeGreaterThan(now + 71 * 3_600);
    const belt = await publishBelt(two, "paused");
    const booking = { belt, root: hashOf("root"), count: 1, deadline: Math.ceil(now) + 3_600, maxCost: 9n };
    await expect(two.book(booking)).rejects.toMatchObject({ code: "BOOKINGS_PAUSED" });
    await decide([{ decision: "lift" }], "minutes-8");
    expect(pausedUntil(two.view, now)).toBeUndefined();
    await two.book(booking);
  });

  it("leave when they want to", async () => {
    const four = await chain.open(4);
    const { block } = await four.resign();
    expect(isActive(four.view, four.account)).toBe(false);
    expect(await four.resign()).toMatchObject({ block });
    await expect(four.anchor({ size: 1, root: hashOf("x") })).rejects.toMatchObject({
      code: "MEMBER_INACTIVE",
    });
  });
});

describe("a decision", () => {
  it.each([
    ["nothing that there is", { decision: "rule" }],
    [
      "a name that is none",
      { decision: "admit", account: addressOfMember(9), name: "No Name", kinds: ["auditor"] },
    ],
    ["no kinds", { decision: "kinds", member: addressOfMember(1), kinds: [] }],
    ["half an amount", { decision: "mint", member: addressOfMember(1), amount: 0.5 }],
    ["an amount below nothing", { decision: "burn", member: addressOfMember(1), amount: -1 }],
    ["a vote without end", { decision: "rules", votingPeriod: 7_776_001 }],
    ["a quorum above all", { decision: "rules", quorum: 101 }],
    ["a call of nothing", { decision: "call", target: addressOfMember(1), data: "0x" }],
    ["a field too many", { decision: "lift", colour: "red" }],
  ])("is not %s", (_, given) => {
    expect(Decision.safeParse(given).success).toBe(false);
  });
});
