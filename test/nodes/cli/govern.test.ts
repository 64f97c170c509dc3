import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorLine } from "../../support/command.ts";
import { runHere } from "../../support/commandHere.ts";
import { community, proposal } from "../../support/memoryGovernance.ts";
import { hash } from "../../support/memoryNode.ts";
import { serveMemoryNode } from "../../support/nodeFolder.ts";
import { until } from "../../support/until.ts";
import { addressOfMember, startTestChain, type TestChain } from "../ledger/testChain.ts";

async function served() {
  const node = await serveMemoryNode();
  const command = (...args: readonly string[]) => runHere(args, { folder: node.folder });
  const json = async (...args: readonly string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await command(...args, "--json");
    expect([code, stderr]).toEqual([0, ""]);
    return JSON.parse(stdout);
  };
  const text = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await command(...args);
    expect([code, stderr]).toEqual([0, ""]);
    return stdout;
  };
  return { ...node, command, json, text };
}

const account = `0x${"AB".repeat(20)}`;
const id = proposal.proposal.slice(0, 10);

describe("proposals", () => {
  const made: [args: string[], decision: object][] = [
    [
      ["admit", account, "--name", "late", "--kinds", "producer,auditor"],
      { decision: "admit", account: account.toLowerCase(), name: "late", kinds: ["producer", "auditor"] },
    ],
    [["suspend", "bank"], { decision: "suspend", member: "bank" }],
    [["reinstate", account], { decision: "reinstate", member: account.toLowerCase() }],
    [["remove", "bank"], { decision: "remove", member: "bank" }],
    [["kinds", "bank", "supervisor"], { decision: "kinds", member: "bank", kinds: ["supervisor"] }],
    [["mint", "bank", "5"], { decision: "mint", member: "bank", amount: "5" }],
    [["burn", "bank", "5"], { decision: "burn", member: "bank", amount: "5" }],
    [
      ["directory", "Offers", account],
      { decision: "directory", name: "Offers", target: account.toLowerCase() },
    ],
    [["lift"], { decision: "lift" }],
    [
      ["found", "care", "--stewards", "bank,acme"],
      { decision: "found", name: "care", stewards: ["bank", "acme"] },
    ],
    [
      ["stewards", "care", "--stewards", "bank"],
      { decision: "stewards", community: "care", stewards: ["bank"] },
    ],
    [
      ["rules", "--voting-period", "14d", "--quorum", "60"],
      { decision: "rules", votingPeriod: 1_209_600, quorum: 60 },
    ],
    [
      ["call", account, "0x8456CB59"],
      { decision: "call", target: account.toLowerCase(), data: "0x8456cb59" },
    ],
  ];

  it("of every kind are made as they are written", async () => {
    const { json, operations } = await served();
    for (const [args, decision] of made) {
      const answer = await json("govern", "propose", ...args, "--reference", "minutes-7");
      expect(answer).toEqual({ proposal: proposal.proposal, transaction: hash("transaction") });
      expect(operations.agreed.at(-1)).toEqual({
        what: "propose it",
        given: { decisions: [decision], reference: "minutes-7" },
      });
    }
  });

  it("have a reference of their own when none is given, and another one after the first is over", async () => {
    const { text, operations } = await served();
    const said = await text("govern", "propose", "suspend", "bank");
    expect(said).toContain(`belt govern vote ${id} for|against|abstain`);
    expect(operations.agreed.at(-1)?.given).toMatchObject({ reference: "suspend-bank" });
    operations.governed.proposals.push(
      { ...proposal, reference: "suspend-bank", state: "executed" },
      { ...proposal, reference: "suspend-bank-2", state: "defeated" },
      { ...proposal, reference: "suspend-bank-3", state: "active" },
    );
    await text("govern", "propose", "suspend", "bank");
    expect(operations.agreed.at(-1)?.given).toMatchObject({ reference: "suspend-bank-3" });
  });

  it("that are wrong are refused at their place", async () => {
    const { command, operations } = await served();
    const rows: readonly (readonly [args: readonly string[], code: string, at?: string])[] = [
      [["admit", "0x12", "--name", "late", "--kinds", "producer"], "USAGE_INVALID", "<account>"],
      [["admit", account, "--name", "No Name", "--kinds", "producer"], "USAGE_INVALID", "--name"],
      [["admit", account, "--name", "late", "--kinds", "king"], "USAGE_INVALID", "--kinds"],
      [["admit", account, "--kinds", "producer"], "USAGE_INVALID"],
      [["kinds", "bank", "king"], "USAGE_INVALID", "<kinds>"],
      [["mint", "bank", "much"], "USAGE_INVALID"],
      [["rules", "--quorum", "101"], "USAGE_INVALID"],
      [["rules", "--voting-period", "soon"], "USAGE_INVALID"],
      [["call", account, "0x12"], "USAGE_INVALID", "<data>"],
      [["suspend", "bank", "--reference", "two words"], "INPUT_INVALID"],
    ];
    for (const [args, code, at] of rows) {
      const { code: exit, stderr } = await command("govern", "propose", ...args);
      expect([exit, stderr], args.join(" ")).toEqual([
        2,
        expect.stringMatching(at === undefined ? new RegExp(`^${code}: `) : errorLine(code, at)),
      ]);
    }
    expect(operations.agreed).toEqual([]);
  });

  it("are listed, shown, voted on, carried out and taken back", async () => {
    const { json, text, operations, command } = await served();
    const { ballots, ...summary } = proposal;
    expect(await json("govern", "list")).toEqual({ proposals: [summary] });
    expect(await text("govern", "list", "--open")).toContain("1 for, 0 against, 0 abstain");
    operations.governed.proposals.push({ ...proposal, state: "executed" });
    expect(Object(await json("govern", "list", "--open")).proposals).toHaveLength(1);
    operations.governed.proposals.pop();
    expect(await json("govern", "show", id)).toEqual({ ...summary, ballots });
    expect(await text("govern", "show", id)).toMatch(/Profiles\.suspend\(account acme\)[\s\S]*bank +for/);
    expect(await text("govern", "vote", id, "against")).toContain(`vote on ${id}: against`);
    expect(await text("govern", "execute", id)).toContain(`is queued: execute it again from 2026-03-01`);
    operations.governed.rules = { ...operations.governed.rules, executionDelay: 1 };
    expect(await text("govern", "execute", id)).toContain("is carried out");
    expect(await text("govern", "cancel", id)).toContain("is taken back");
    expect(operations.agreed.map(({ what }) => what)).toEqual([
      ...["vote", "carry out the proposal", "carry out the proposal", "take back the proposal"],
    ]);
    const { code, stderr } = await command("govern", "vote", id, "perhaps");
    expect([code, stderr]).toEqual([2, expect.stringMatching(errorLine("USAGE_INVALID", "<vote>"))]);
    expect((await command("govern", "show", "0x1234")).stderr).toMatch(/^NOT_FOUND: /);
  });
});

describe("a member", () => {
  it("moves to pause, and resigns by its own name", async () => {
    const { text, command, operations } = await served();
    expect(await text("govern", "pause")).toContain("belt ledger pause");
    const { code, stderr } = await command("govern", "resign", "bank");
    expect([code, stderr]).toEqual([2, expect.stringMatching(errorLine("INPUT_INVALID", "<name>"))]);
    expect(await text("govern", "resign", "acme")).toContain("acme is no member any more");
    expect(operations.agreed.map(({ what }) => what)).toContain("move to pause bookings");
  });

  it("proposes a newcomer, and decides where one vote is enough", async () => {
    const { text, json, operations } = await served();
    const asked = ["admit", account, "--name", "late", "--credit", "9"];
    expect(await text(...asked)).toContain("The admission of late is proposed");
    const decisions = [
      { decision: "admit", account: account.toLowerCase(), name: "late", kinds: ["producer", "consumer"] },
      { decision: "mint", member: account.toLowerCase(), amount: "9" },
    ];
    expect(operations.agreed).toEqual([
      { what: "propose it", given: { decisions, reference: "admit-late" } },
    ]);
    operations.governed.rules = { ...operations.governed.rules, votingDelay: 0, executionDelay: 1 };
    expect(await json(...asked)).toMatchObject({ proposal: proposal.proposal, state: "executed" });
    expect(operations.agreed.slice(-2).map(({ what }) => what)).toEqual(["vote", "carry out the proposal"]);
    operations.governed.state = "active";
    expect(await text(...asked)).toContain("late is a member.");
  });
});

describe("communities", () => {
  const changes: [args: string[], change: object][] = [
    [["join", "care"], { change: "join" }],
    [["quit", "care"], { change: "quit" }],
    [["add-steward", "care", "bank"], { change: "add-steward", member: "bank" }],
    [["remove-steward", "care", account], { change: "remove-steward", member: account.toLowerCase() }],
    [["adopt", "care", "greeting"], { change: "adopt", belt: hash("belt") }],
    [["drop", "care", "greeting"], { change: "drop", belt: hash("belt") }],
    [
      ["open-channel", "care", "chat", "https://a.example"],
      { change: "channel", channel: "chat", url: "https://a.example" },
    ],
    [["close-channel", "care", "chat"], { change: "channel", channel: "chat", url: null }],
  ];

  it("are listed, joined and run", async () => {
    const { json, text, operations, command } = await served();
    expect(await json("community", "list")).toEqual({ communities: [community] });
    expect(await text("community", "list")).toMatch(/care +bank +1 +1 +chat https:\/\/chat\.example/);
    for (const [args, change] of changes) {
      expect(await json("community", ...args)).toEqual({ transaction: hash("transaction") });
      expect(operations.agreed.at(-1)?.given).toEqual({ community: "care", change });
    }
    expect((await command("community", "join", "none")).stderr).toMatch(/^NOT_FOUND: .*\(at <community>\)/);
    expect((await command("community", "open-channel", "care", "Chat", "x")).stderr).toMatch(
      /^USAGE_INVALID: /,
    );
  });
});

describe("the ledger's queries", () => {
  let chain: TestChain;
  beforeAll(async () => {
    chain = await startTestChain();
  });
  afterAll(() => chain?.stop());

  const ledger = async (...args: readonly string[]) => {
    const place = ["--rpc", chain.url, "--directory", chain.deployment.directory];
    const { code, stdout, stderr } = await runHere(["ledger", ...args, ...place], { folder: "/" });
    expect([code, stderr]).toEqual([0, ""]);
    return stdout;
  };
  const json = async (...args: readonly string[]): Promise<unknown> =>
    JSON.parse(await ledger(...args, "--json"));

  it("tell what was decided, communities, and pauses, to who has no node", async () => {
    expect(await ledger("proposals")).toContain("Nothing was proposed yet.");
    expect(await ledger("communities")).toContain("There are no communities.");
    expect(await json("pause")).toEqual({ paused: false, until: null, supervisors: [], motion: null });
    const one = await chain.open(1);
    const { proposal: made } = await until(() =>
      one
        .propose([{ decision: "found", name: "care", stewards: [one.account] }], "minutes-1")
        .catch(() => undefined),
    );
    await until(() => one.vote(made, "for").catch(() => undefined));
    expect(await json("proposals")).toMatchObject({
      proposals: [
        {
          ...{ proposal: made, proposerName: "m1", state: "succeeded", quorum: 1, superQuorum: 1 },
          ...{
            votes: { for: 1, against: 0, abstain: 0 },
            calls: ["Communities.found(name care, stewards [m1])"],
          },
          ballots: [{ memberName: "m1", support: "for" }],
        },
      ],
    });
    await one.queue(made);
    await until(() => one.execute(made).catch(() => undefined));
    expect(await ledger("proposals")).toMatch(/m1 +executed +1 +0 +0/);
    expect(await json("communities")).toMatchObject({
      communities: [{ name: "care", stewards: ["m1"], members: ["m1"], belts: [], channels: {} }],
    });
    await one.movePause();
    expect(await ledger("pause")).toContain("m1 moves to pause; a second supervisor can join until");
    await (await chain.open(2)).movePause();
    expect(await json("pause")).toMatchObject({ paused: true, supervisors: ["m1", "m2"], motion: null });
    expect(addressOfMember(1)).toBe(one.account);
  });
});
