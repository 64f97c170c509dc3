import { type ContractTransactionResponse, id, Signature, ZeroAddress } from "ethers";
import { describe, expect, it } from "vitest";
import { directoryNames } from "../../nodes/ledger/deployment.ts";
import { proposalStates } from "../../pipeline/governance/index.ts";
import { decisions, eventsOf, type Governed, type Role, refusal, rules, useLedger } from "./fixture.ts";

const ledger = useLedger();
const [against, inFavour, abstain] = [0, 1, 2] as const;
const week = 7 * 86_400;

/** A proposal as the contract takes it, and what the members do with it. */
class Proposal {
  readonly #what: [string[], bigint[], string[]];
  readonly description: string;

  constructor(calls: readonly Governed[], description = "minutes-2026-11") {
    this.#what = [calls.map(({ target }) => target), calls.map(() => 0n), calls.map(({ data }) => data)];
    this.description = description;
  }

  get id(): Promise<bigint> {
    return ledger()
      .as("stranger")
      .governance.hashProposal(...this.#what, id(this.description));
  }

  propose = (by: Role = "consumer") =>
    ledger()
      .as(by)
      .governance.propose(...this.#what, this.description);
  queue = (by: Role = "stranger") =>
    ledger()
      .as(by)
      .governance.queue(...this.#what, id(this.description));
  execute = (by: Role = "stranger") =>
    ledger()
      .as(by)
      .governance.execute(...this.#what, id(this.description));
  cancel = (by: Role = "consumer") =>
    ledger()
      .as(by)
      .governance.cancel(...this.#what, id(this.description));

  async vote(by: Role, support: 0 | 1 | 2): Promise<ContractTransactionResponse> {
    return ledger()
      .as(by)
      .governance.castVote(await this.id, support);
  }

  async state(): Promise<string | undefined> {
    return proposalStates[
      Number(
        await ledger()
          .as("stranger")
          .governance.state(await this.id),
      )
    ];
  }

  /** Lets time pass until members can vote, or until they no longer can. */
  async opens(): Promise<void> {
    await ledger().travelTo(
      Number(
        await ledger()
          .as("stranger")
          .governance.proposalSnapshot(await this.id),
      ) + 1,
    );
  }
  async closes(): Promise<void> {
    await ledger().travelTo(
      Number(
        await ledger()
          .as("stranger")
          .governance.proposalDeadline(await this.id),
      ) + 1,
    );
  }
  async falls(): Promise<number> {
    return Number(
      await ledger()
        .as("stranger")
        .governance.proposalEta(await this.id),
    );
  }
}

/** A proposal whose vote is open. */
async function opened(calls?: readonly Governed[], description?: string): Promise<Proposal> {
  const proposal = new Proposal(
    calls ?? [decisions(ledger()).mint(ledger().address("bank"), 5n)],
    description,
  );
  await proposal.propose();
  await proposal.opens();
  return proposal;
}

/** A proposal that two of three members are for. */
async function passed(calls?: readonly Governed[], description?: string): Promise<Proposal> {
  const proposal = await opened(calls, description);
  await proposal.vote("consumer", inFavour);
  await proposal.vote("bank", inFavour);
  return proposal;
}

const balance = () => ledger().as("bank").credit.balanceOf(ledger().address("bank"));

describe("a proposal", () => {
  it("is voted on, queued, and carried out by anybody once its delay is over", async () => {
    const { governance } = ledger().as("stranger");
    const proposal = new Proposal([decisions(ledger()).mint(ledger().address("bank"), 5n)]);
    const [{ event, proposer, voteStart, voteEnd } = { event: "" }] = await eventsOf(
      proposal.propose(),
      governance,
    );
    const now = BigInt(await ledger().now());
    expect({ event, proposer, voteStart, voteEnd }).toEqual({
      ...{ event: "ProposalCreated", proposer: ledger().address("consumer") },
      voteStart: now + BigInt(rules.votingDelay),
      voteEnd: now + BigInt(rules.votingDelay + rules.votingPeriod),
    });
    expect(await proposal.state()).toBe("pending");
    expect(await refusal(proposal.vote("consumer", inFavour))).toMatchObject({
      ...{ error: "GovernorUnexpectedProposalState", current: 0n },
    });
    await proposal.opens();
    expect(await proposal.state()).toBe("active");
    expect(await eventsOf(proposal.vote("consumer", inFavour), governance)).toEqual([
      {
        ...{ event: "VoteCast", voter: ledger().address("consumer"), proposalId: await proposal.id },
        ...{ support: 1n, weight: 1n, reason: "" },
      },
    ]);
    expect(await refusal(proposal.queue())).toMatchObject({ error: "GovernorUnexpectedProposalState" });
    await proposal.vote("bureau", inFavour);
    expect(await proposal.state()).toBe("succeeded");
    expect(await refusal(proposal.execute())).toMatchObject({ error: "GovernorUnexpectedProposalState" });
    const queued = await eventsOf(proposal.queue(), governance);
    const due = await proposal.falls();
    expect(queued).toEqual([
      { event: "ProposalQueued", proposalId: await proposal.id, etaSeconds: BigInt(due) },
    ]);
    expect(due).toBe((await ledger().now()) + rules.executionDelay);
    expect(await proposal.state()).toBe("queued");
    expect(await refusal(proposal.execute())).toMatchObject({
      ...{ error: "GovernorUnmetDelay", neededTimestamp: BigInt(due) },
    });
    await ledger().nextBlockAt(due - 1);
    expect(await refusal(proposal.execute())).toMatchObject({ error: "GovernorUnmetDelay" });
    await ledger().travelTo(due);
    expect(await eventsOf(proposal.execute(), governance)).toEqual([
      { event: "ProposalExecuted", proposalId: await proposal.id },
    ]);
    expect([await balance(), await proposal.state()]).toEqual([5n, "executed"]);
    expect(await refusal(proposal.execute())).toMatchObject({
      ...{ error: "GovernorUnexpectedProposalState", current: 7n },
    });
  });

  it("comes from an active member only", async () => {
    const proposal = new Proposal([decisions(ledger()).mint(ledger().address("bank"), 5n)]);
    for (const role of ["deployer", "stranger"] as const) {
      expect(await refusal(proposal.propose(role))).toEqual({
        ...{ error: "GovernorInsufficientProposerVotes", proposer: ledger().address(role) },
        ...{ votes: 0n, threshold: 1n },
      });
    }
    await ledger().as("bureau").profiles.resign();
    await ledger().travelTo((await ledger().now()) + 1);
    expect(await refusal(proposal.propose("bureau"))).toMatchObject({
      error: "GovernorInsufficientProposerVotes",
    });
    await proposal.propose("bank");
    expect(await refusal(proposal.propose("bank"))).toMatchObject({
      error: "GovernorUnexpectedProposalState",
    });
  });

  it("is described by a reference, has 1 to 32 calls, and as many of everything", async () => {
    const call = decisions(ledger()).mint(ledger().address("bank"), 5n);
    const { governance } = ledger().as("consumer");
    for (const description of ["", "two words", "é", "x".repeat(257)]) {
      expect(await refusal(new Proposal([call], description).propose())).toEqual({
        ...{ error: "DescriptionInvalid", description },
      });
    }
    await new Proposal([call], "x".repeat(256)).propose();
    const many = (count: number) => Array.from({ length: count }, () => call);
    expect(await refusal(new Proposal(many(33)).propose())).toEqual({
      ...{ error: "ActionsOutOfBounds", actions: 33n, most: 32n },
    });
    expect(await refusal(new Proposal([]).propose())).toMatchObject({
      error: "GovernorInvalidProposalLength",
    });
    expect(await refusal(governance.propose([call.target], [0], [], "lame"))).toMatchObject({
      error: "GovernorInvalidProposalLength",
    });
    // Different ones, since the same call cannot wait twice.
    const { mint } = decisions(ledger());
    const most = Array.from({ length: 32 }, (_, place) => mint(ledger().address("bank"), BigInt(place + 1)));
    await ledger().govern(...most);
    expect(await balance()).toBe(528n);
  });

  it("can be kept for its proposer", async () => {
    const call = decisions(ledger()).mint(ledger().address("bank"), 5n);
    const proposal = new Proposal([call], `minutes#proposer=${ledger().address("bank").toLowerCase()}`);
    expect(await refusal(proposal.propose("consumer"))).toEqual({
      ...{ error: "GovernorRestrictedProposer", proposer: ledger().address("consumer") },
    });
    await proposal.propose("bank");
  });

  it("is taken back by its proposer alone, before the vote opens", async () => {
    const proposal = new Proposal([decisions(ledger()).mint(ledger().address("bank"), 5n)]);
    await proposal.propose();
    expect(await refusal(proposal.cancel("bank"))).toMatchObject({
      ...{ error: "GovernorUnableToCancel", account: ledger().address("bank") },
    });
    const { governance } = ledger().as("consumer");
    expect(await eventsOf(proposal.cancel(), governance)).toEqual([
      { event: "ProposalCanceled", proposalId: await proposal.id },
    ]);
    expect(await proposal.state()).toBe("canceled");
    const other = await opened(undefined, "another");
    expect(await refusal(other.cancel())).toMatchObject({ error: "GovernorUnableToCancel" });
  });
});

describe("a vote", () => {
  it("is given once, by whoever was an active member when it opened", async () => {
    const { admit } = decisions(ledger());
    const proposal = new Proposal([decisions(ledger()).mint(ledger().address("bank"), 5n)]);
    await proposal.propose();
    await ledger().as("bureau").profiles.resign();
    await proposal.opens();
    const admission = await passed([admit(ledger().address("stranger"), "late", 1)], "admission");
    await admission.queue();
    await ledger().travelTo(await admission.falls());
    await admission.execute();
    for (const role of ["bureau", "stranger", "deployer"] as const) {
      expect(await refusal(proposal.vote(role, inFavour))).toEqual({
        ...{ error: "VoteMissing", proposalId: await proposal.id, account: ledger().address(role) },
      });
    }
    await proposal.vote("bank", against);
    for (const support of [against, inFavour, abstain]) {
      expect(await refusal(proposal.vote("bank", support))).toEqual({
        ...{ error: "GovernorAlreadyCastVote", voter: ledger().address("bank") },
      });
    }
    const { governance } = ledger().as("consumer");
    expect(await refusal(governance.castVote(await proposal.id, 3))).toEqual({
      error: "GovernorInvalidVoteType",
    });
    expect(await refusal(governance.castVote(1, 1))).toMatchObject({ error: "GovernorNonexistentProposal" });
  });

  it("still counts when its member is suspended afterwards", async () => {
    const proposal = await opened();
    await proposal.vote("bureau", inFavour);
    await ledger().as("bureau").profiles.resign();
    await proposal.vote("bank", inFavour);
    expect(await proposal.state()).toBe("succeeded");
  });

  it("gives no reasons", async () => {
    const proposal = await opened();
    const { governance } = ledger().as("consumer");
    const number = await proposal.id;
    const refused = { error: "ReasonRefused" };
    expect(await refusal(governance.castVoteWithReason(number, 1, "because"))).toEqual(refused);
    expect(await refusal(governance.castVoteWithReasonAndParams(number, 1, "", "0x01"))).toEqual(refused);
    await governance.castVoteWithReason(number, 1, "");
    expect(await governance.hasVoted(number, ledger().address("consumer"))).toBe(true);
  });

  it("replay: can be signed, and brought by anybody, once, for this contract and chain", async () => {
    const proposal = await opened();
    const { chainId, contracts } = ledger().deployment;
    const domain = {
      name: "Belt governance",
      version: "1",
      chainId,
      verifyingContract: contracts.Governance,
    };
    const types = {
      Ballot: [
        { name: "proposalId", type: "uint256" },
        { name: "support", type: "uint8" },
        { name: "voter", type: "address" },
        { name: "nonce", type: "uint256" },
      ],
    };
    const { bank } = ledger().accounts;
    const value = { proposalId: await proposal.id, support: 1, voter: bank.address, nonce: 0 };
    const { governance } = ledger().as("stranger");
    const bring = (signature: string) =>
      governance.castVoteBySig(value.proposalId, value.support, value.voter, signature);
    const invalid = { error: "GovernorInvalidSignature", voter: bank.address };
    for (const other of [{ chainId: chainId + 1 }, { verifyingContract: contracts.Profiles }]) {
      expect(await refusal(bring(await bank.signTypedData({ ...domain, ...other }, types, value)))).toEqual(
        invalid,
      );
    }
    const later = await bank.signTypedData(domain, types, { ...value, nonce: 1 });
    expect(await refusal(bring(later))).toEqual(invalid);
    const byAnother = await ledger().accounts.bureau.signTypedData(domain, types, value);
    expect(await refusal(bring(byAnother))).toEqual(invalid);
    const signed = await bank.signTypedData(domain, types, value);
    expect(Signature.from(signed).serialized).toBe(signed);
    await bring(signed);
    expect(await governance.hasVoted(value.proposalId, bank.address)).toBe(true);
    expect(await refusal(bring(signed))).toEqual(invalid);
  });
});

describe("what the votes decide", () => {
  const outcomes: [string, readonly [Role, 0 | 1 | 2][], string, string][] = [
    ["nobody", [], "active", "defeated"],
    ["one of three for it, less than half", [["bank", inFavour]], "active", "defeated"],
    [
      "one for, one in abstention",
      [
        ["bank", inFavour],
        ["bureau", abstain],
      ],
      "active",
      "succeeded",
    ],
    [
      "one for, one against",
      [
        ["bank", inFavour],
        ["bureau", against],
      ],
      "active",
      "defeated",
    ],
    [
      "two in abstention",
      [
        ["bank", abstain],
        ["bureau", abstain],
      ],
      "active",
      "defeated",
    ],
    [
      "two for it, more than half",
      [
        ["bank", inFavour],
        ["bureau", inFavour],
      ],
      "succeeded",
      "succeeded",
    ],
    [
      "two for it after one against",
      [
        ["consumer", against],
        ["bank", inFavour],
        ["bureau", inFavour],
      ],
      "succeeded",
      "succeeded",
    ],
    [
      "two against it",
      [
        ["bank", against],
        ["bureau", against],
      ],
      "active",
      "defeated",
    ],
  ];
  it.each(outcomes)("with %s", async (_, votes, meanwhile, inTheEnd) => {
    const proposal = await opened();
    for (const [role, support] of votes) await proposal.vote(role, support);
    expect(await proposal.state()).toBe(meanwhile);
    await proposal.closes();
    expect(await proposal.state()).toBe(inTheEnd);
    const late = { error: "GovernorUnexpectedProposalState" };
    const missing = (["consumer", "bank", "bureau"] as const).find(
      (role) => !votes.some(([voter]) => voter === role),
    );
    if (missing !== undefined) expect(await refusal(proposal.vote(missing, inFavour))).toMatchObject(late);
    if (inTheEnd === "defeated") expect(await refusal(proposal.queue())).toMatchObject(late);
    else await proposal.queue();
  });

  it("is counted among the members of the time when the vote opened", async () => {
    const { governance } = ledger().as("stranger");
    const proposal = await opened();
    const snapshot = await governance.proposalSnapshot(await proposal.id);
    expect([await governance.quorum(snapshot), await governance.superQuorum(snapshot)]).toEqual([2n, 2n]);
    await ledger().as("bureau").profiles.resign();
    await ledger().travelTo((await ledger().now()) + 1);
    const later = (await ledger().now()) - 1;
    expect([await governance.quorum(later), await governance.superQuorum(later)]).toEqual([1n, 2n]);
    expect(await governance.quorum(snapshot)).toBe(2n);
  });
});

describe("carrying out", () => {
  it("does all of a proposal or nothing", async () => {
    const { mint, burn } = decisions(ledger());
    const bank = ledger().address("bank");
    const proposal = await passed([mint(bank, 5n), burn(bank, 6n)]);
    await proposal.queue();
    await ledger().travelTo(await proposal.falls());
    expect(await refusal(proposal.execute())).toMatchObject({ error: "ERC20InsufficientBalance" });
    expect([await balance(), await proposal.state()]).toEqual([0n, "queued"]);
    // What it lacks can come meanwhile.
    await ledger().as("consumer").credit.transfer(bank, 1);
    await proposal.execute();
    expect(await balance()).toBe(0n);
  });

  it("waits for its turn when another proposal has queued the same call", async () => {
    const [one, other] = [await passed(undefined, "one"), await passed(undefined, "other")];
    await one.queue();
    expect(await refusal(other.queue())).toMatchObject({ error: "AccessManagerAlreadyScheduled" });
    await ledger().travelTo(await one.falls());
    await one.execute();
    await other.queue();
    await ledger().travelTo(await other.falls());
    await other.execute();
    expect(await balance()).toBe(10n);
  });

  it("is over a week after it could have been", async () => {
    const proposal = await passed();
    await proposal.queue();
    await ledger().travelTo((await proposal.falls()) + week);
    expect(await refusal(proposal.execute())).toMatchObject({ error: "AccessManagerExpired" });
    expect(await balance()).toBe(0n);
  });

  it("goes by no shorter way", async () => {
    const { access } = ledger().as("consumer");
    const { target, data } = decisions(ledger()).mint(ledger().address("bank"), 5n);
    const proposal = await passed();
    await proposal.queue();
    await ledger().travelTo(await proposal.falls());
    expect(await refusal(access.execute(target, data))).toMatchObject({
      error: "AccessManagerUnauthorizedCall",
    });
    const { Governance } = ledger().deployment.contracts;
    expect(await refusal(access.cancel(Governance, target, data))).toMatchObject({
      error: "AccessManagerUnauthorizedCancel",
    });
  });
});

describe("the rules", () => {
  const change = (name: "setVotingDelay" | "setVotingPeriod" | "setProposalThreshold", value: bigint) => {
    const { interface: known } = ledger().as("stranger").governance;
    const { Governance } = ledger().deployment.contracts;
    switch (name) {
      case "setVotingDelay":
        return { target: Governance, data: known.encodeFunctionData(name, [value]) };
      case "setVotingPeriod":
        return { target: Governance, data: known.encodeFunctionData(name, [value]) };
      case "setProposalThreshold":
        return { target: Governance, data: known.encodeFunctionData(name, [value]) };
    }
  };

  it("are changed by the members' decision, within bounds", async () => {
    const { governance } = ledger().as("consumer");
    await ledger().govern(change("setVotingDelay", 20n), change("setVotingPeriod", 90n * 86_400n));
    expect([await governance.votingDelay(), await governance.votingPeriod()]).toEqual([20n, 7_776_000n]);
    const tooLong = { error: "DurationOutOfBounds", duration: 7_776_001n, most: 7_776_000n };
    expect(await refusal(ledger().govern(change("setVotingDelay", 7_776_001n)))).toEqual(tooLong);
    expect(await refusal(ledger().govern(change("setVotingPeriod", 7_776_001n)))).toEqual(tooLong);
    expect(await refusal(ledger().govern(change("setVotingPeriod", 0n)))).toMatchObject({
      error: "GovernorInvalidVotingPeriod",
    });
    for (const threshold of [0n, 2n]) {
      expect(await refusal(ledger().govern(change("setProposalThreshold", threshold)))).toEqual({
        ...{ error: "ThresholdFixed", threshold },
      });
    }
    const { Governance } = ledger().deployment.contracts;
    const { interface: known } = governance;
    const delay = { target: Governance, data: known.encodeFunctionData("setBaseDelaySeconds", [7_776_001]) };
    expect(await refusal(ledger().govern(delay))).toEqual(tooLong);
    const quorum = (percent: number) => ({
      target: Governance,
      data: known.encodeFunctionData("updateQuorumNumerator", [percent]),
    });
    await ledger().govern(quorum(51));
    expect(await governance["quorumNumerator()"]()).toBe(51n);
    expect(await refusal(ledger().govern(quorum(52)))).toMatchObject({
      error: "GovernorInvalidQuorumTooLarge",
    });
  });

  it("are nobody's to change alone, and their changes wait as any", async () => {
    for (const role of ["deployer", "consumer", "stranger"] as const) {
      const { governance } = ledger().as(role);
      const denied = { error: "GovernorOnlyExecutor", account: ledger().address(role) };
      expect(await refusal(governance.setVotingDelay(1))).toEqual(denied);
      expect(await refusal(governance.setVotingPeriod(1))).toEqual(denied);
      expect(await refusal(governance.setProposalThreshold(1))).toEqual(denied);
      expect(await refusal(governance.setBaseDelaySeconds(0))).toEqual(denied);
      expect(await refusal(governance.updateQuorumNumerator(0))).toEqual(denied);
      expect(await refusal(governance.updateSuperQuorumNumerator(0))).toEqual(denied);
      expect(await refusal(governance.relay(ZeroAddress, 0, "0x"))).toEqual(denied);
      expect(await refusal(governance.setAccessManagerIgnored(ZeroAddress, [], true))).toEqual(denied);
    }
    const proposal = await passed([change("setVotingDelay", 20n)]);
    await proposal.queue();
    expect(await refusal(proposal.execute())).toMatchObject({ error: "GovernorUnmetDelay" });
  });

  it("let the members hand everything to another contract", async () => {
    const { access, profiles } = ledger().as("stranger");
    const { Access, Governance } = ledger().deployment.contracts;
    const successor = ledger().deployment.directory;
    const { interface: known } = access;
    await ledger().govern(
      { target: Access, data: known.encodeFunctionData("grantRole", [0, successor, 7]) },
      { target: Access, data: known.encodeFunctionData("revokeRole", [0, Governance]) },
    );
    expect([...(await access.hasRole(0, successor))]).toEqual([true, 7n]);
    expect([...(await access.hasRole(0, Governance))]).toEqual([false, 0n]);
    expect((await profiles.authority()).toLowerCase()).toBe(Access);
    expect(
      await refusal(ledger().govern(decisions(ledger()).mint(ledger().address("bank"), 1n))),
    ).toMatchObject({ error: "AccessManagedUnauthorized" });
  });
});

it("every contract fits into what a network takes (EIP-170)", async () => {
  const { directory, contracts } = ledger().deployment;
  for (const address of [directory, ...directoryNames.map((name) => contracts[name])]) {
    const code = await ledger().provider.getCode(address);
    expect((code.length - 2) / 2).toBeLessThan(24_576);
  }
});
