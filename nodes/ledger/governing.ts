import type { Interface } from "ethers";
import { sha256, toHex } from "../../pipeline/bytes.ts";
import { BeltError } from "../../pipeline/errors.ts";
import type { Decision } from "../../pipeline/governance/index.ts";
import type { Address, Hash, Position, ProposedCall, Support } from "../../pipeline/index/index.ts";
import { type ContractCall, call as contractCall } from "./call.ts";
import { interfaces } from "./contracts.ts";
import { callsOf, type DecidedCall } from "./decisions.ts";
import { descriptionHash, type GovernanceParts, proposalId } from "./proposals.ts";
import type { SubmitOptions } from "./submit.ts";
import type { Write, WriteAfter, Written } from "./write.ts";

/** What a steward, or a member for itself, changes of a community. */
export type CommunityChange =
  | { readonly change: "join" | "quit" }
  | { readonly change: "add-steward" | "remove-steward"; readonly member: Address }
  | { readonly change: "adopt" | "drop"; readonly belt: Hash }
  | { readonly change: "channel"; readonly channel: string; readonly url: string | null };

/** How a member takes part in deciding, and in what the members have in common. */
export interface Governing {
  /**
   * Proposes decisions, all or none of which are carried out. The proposal's id follows from them and the reference, so
   * proposing the same again is the same proposal.
   *
   * @param reference - leads to where it is explained: 1 to 204 visible ASCII characters
   * @throws {BeltError} `INPUT_INVALID` when a call stands in it twice; what the ledger refuses
   */
  propose(
    decisions: readonly Decision[],
    reference: string,
    options?: SubmitOptions,
  ): Promise<Written & { readonly proposal: Hash }>;
  vote(proposal: Hash, support: Support, options?: SubmitOptions): Promise<Written>;
  /** Has what passed wait for its execution delay. */
  queue(proposal: Hash, options?: SubmitOptions): Promise<Written>;
  /** Carries out what has waited long enough. */
  execute(proposal: Hash, options?: SubmitOptions): Promise<Written>;
  /** Takes back an own proposal whose vote is not open yet. */
  cancel(proposal: Hash, options?: SubmitOptions): Promise<Written>;
  /** Ends the own membership. */
  resign(options?: SubmitOptions): Promise<Written>;
  /** Moves, as a supervisor, to pause new bookings. */
  movePause(options?: SubmitOptions): Promise<Written>;
  changeCommunity(community: Hash, change: CommunityChange, options?: SubmitOptions): Promise<Written>;
}

export interface GoverningParts extends GovernanceParts {
  readonly write: Write;
  readonly writeAfter: WriteAfter;
  readonly account: Address;
}

const supports: readonly Support[] = ["against", "for", "abstain"];

/** Blocks may be so many seconds behind this machine's clock: until then a node that tries out the next one is right. */
const behind = 15;

/** What carrying out may take, when it cannot be tried out before its time: the dearest governed call, and its frame. */
const gasOf = (calls: number): bigint => 400_000n + 400_000n * BigInt(calls);

export function createGoverning(parts: GoverningParts): Governing {
  const { view, account, addressOf, write, writeAfter } = parts;
  const known: Interface = interfaces.Governance;

  const found = (proposal: Hash) => {
    const record = view.proposals.get(proposal);
    if (record) return record;
    throw new BeltError("NOT_FOUND", `There is no proposal ${proposal}.`, { at: "proposal" });
  };
  const located = async (call: DecidedCall, signal?: AbortSignal): Promise<ProposedCall> => {
    const target = "target" in call ? call.target : await addressOf(call.contract, signal);
    return { target, value: 0n, data: `0x${call.data.slice(2)}` };
  };
  /** A call of the governing contract that names a proposal by all that is in it. */
  const onProposal = (name: "queue" | "execute" | "cancel", what: string, proposal: Hash): ContractCall => {
    const { calls, description } = found(proposal);
    const [targets, values, data] = [
      calls.map(({ target }) => target),
      calls.map(({ value }) => value),
      calls.map((call) => call.data),
    ];
    return contractCall("Governance", what, () =>
      known.encodeFunctionData(name, [targets, values, data, descriptionHash(description)]),
    );
  };

  return {
    async propose(decisions, reference, options = {}) {
      const governance = await addressOf("Governance", options.signal);
      const decided = decisions.flatMap((decision, place) =>
        callsOf(decision, governance).map((call) => ({ call, place })),
      );
      const calls = await Promise.all(decided.map(({ call }) => located(call, options.signal)));
      const again = calls.findIndex((call, place) => calls.findIndex((each) => isSame(each, call)) < place);
      if (again >= 0) throw callRepeated(decided[again]?.place ?? 0);
      // Whoever sees it on its way cannot take it for its own, and take it back.
      const description = `${reference}#proposer=${account}`;
      const proposal = proposalId(calls, description);
      const call = contractCall("Governance", "propose it", () =>
        known.encodeFunctionData("propose", [
          calls.map(({ target }) => target),
          calls.map(({ value }) => value),
          calls.map(({ data }) => data),
          description,
        ]),
      );
      const already = () => view.proposals.get(proposal)?.proposed;
      return { ...(await write(`propose/${proposal}`, call, already, options)), proposal };
    },

    vote(proposal, support, options) {
      const { opens } = found(proposal);
      const call = contractCall("Governance", "vote", () =>
        known.encodeFunctionData("castVote", [proposal, supports.indexOf(support)]),
      );
      const already = () =>
        view.votes.get(proposal)?.find((vote) => vote.voter === account && vote.support === support)?.cast;
      const early = "GovernorUnexpectedProposalState";
      const gas = gasOf(0);
      const after = ({ parameters }: { readonly parameters: Readonly<Record<string, string>> }) =>
        parameters["current"] === "0" ? opens + behind : Number.POSITIVE_INFINITY;
      return writeAfter({ id: `vote/${proposal}/${support}`, call, early, after, gas }, already, options);
    },

    queue(proposal, options) {
      const { closes } = found(proposal);
      return writeAfter(
        {
          id: `queue/${proposal}`,
          call: onProposal("queue", "queue the proposal", proposal),
          early: "GovernorUnexpectedProposalState",
          after: ({ parameters }) =>
            parameters["current"] === "1" ? closes + behind : Number.POSITIVE_INFINITY,
          gas: gasOf(found(proposal).calls.length),
        },
        () => view.proposals.get(proposal)?.queued,
        options,
      );
    },

    execute: (proposal, options) =>
      writeAfter(
        {
          id: `execute/${proposal}`,
          call: onProposal("execute", "carry out the proposal", proposal),
          early: "GovernorUnmetDelay",
          after: ({ parameters }) => Number(parameters["neededTimestamp"]) + behind,
          gas: gasOf(found(proposal).calls.length),
        },
        () => view.proposals.get(proposal)?.executed,
        options,
      ),

    cancel: (proposal, options) =>
      write(
        `cancel/${proposal}`,
        onProposal("cancel", "take back the proposal", proposal),
        () => view.proposals.get(proposal)?.canceled,
        options,
      ),

    resign(options) {
      const call = contractCall("Profiles", "end the membership", () =>
        interfaces.Profiles.encodeFunctionData("resign"),
      );
      const left = () => {
        const profile = view.profiles.get(account);
        return profile?.standing === "left" ? profile.since : undefined;
      };
      // Who was admitted again can resign again.
      const id = () => `resign/${view.profiles.get(account)?.since.block ?? 0}`;
      return write(id, call, left, options);
    },

    movePause(options) {
      const call = contractCall("Supervision", "move to pause bookings", () =>
        interfaces.Supervision.encodeFunctionData("movePause"),
      );
      const { motion, pause } = view.supervision;
      const last = Math.max(motion?.moved.block ?? 0, pause?.began.block ?? 0, pause?.lifted?.block ?? 0);
      return write(`pause/${last}`, call, () => undefined, options);
    },

    changeCommunity(community, change, options) {
      const { call, already } = communityCall(community, change, parts);
      // What was changed back can be changed again.
      const digest = toHex(sha256(JSON.stringify([community, change])));
      const id = () => `community/${digest}/${view.head?.number ?? 0}`;
      return write(id, call, already, options);
    },
  };
}

const isSame = (one: ProposedCall, other: ProposedCall): boolean =>
  one.target === other.target && one.data === other.data;

/** What is waited with is queued by what it is: a call that stands twice could be voted for, and never be queued. */
const callRepeated = (place: number): BeltError =>
  new BeltError("INPUT_INVALID", "The same decision stands in the proposal before.", {
    at: `/decisions/${place}`,
    remedy: "Leave it out, put both into one (amounts can be summed up), or make two proposals.",
  });

/** The call that a change of a community is, and what says that it is so already. */
function communityCall(
  community: Hash,
  given: CommunityChange,
  { view, account }: Pick<GoverningParts, "view" | "account">,
): { readonly call: ContractCall; readonly already: () => Position | undefined } {
  const { Communities } = interfaces;
  const call = (encode: () => string) => contractCall("Communities", "change the community", encode);
  const none = () => undefined;
  const record = () => view.communities.get(community);
  switch (given.change) {
    case "join":
      return {
        call: call(() => Communities.encodeFunctionData("join", [community])),
        already: () => record()?.members.get(account),
      };
    case "quit":
      return { call: call(() => Communities.encodeFunctionData("quit", [community])), already: none };
    case "add-steward":
      return {
        call: call(() => Communities.encodeFunctionData("addSteward", [community, given.member])),
        already: none,
      };
    case "remove-steward":
      return {
        call: call(() => Communities.encodeFunctionData("removeSteward", [community, given.member])),
        already: none,
      };
    case "adopt":
      return {
        call: call(() => Communities.encodeFunctionData("adopt", [community, given.belt])),
        already: () => record()?.belts.get(given.belt),
      };
    case "drop":
      return {
        call: call(() => Communities.encodeFunctionData("drop", [community, given.belt])),
        already: none,
      };
    case "channel": {
      const { channel, url } = given;
      return {
        call: call(() =>
          url === null
            ? Communities.encodeFunctionData("removeChannel", [community, channel])
            : Communities.encodeFunctionData("setChannel", [community, channel, url]),
        ),
        already: none,
      };
    }
  }
}
