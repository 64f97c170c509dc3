import { setTimeout as pause } from "node:timers/promises";
import { BeltError } from "../../pipeline/errors.ts";
import { type Decision, kindsOf } from "../../pipeline/governance/index.ts";
import {
  type Hash,
  HashText,
  type IndexView,
  type Proposal as ProposalRecord,
  tally,
} from "../../pipeline/index/index.ts";
import type { GovernanceOperations, NewProposal, Proposal, Resignation, Voted } from "../api/index.ts";
import { describeCall, LedgerRevert } from "../ledger/index.ts";
import { memberNamed } from "./members.ts";
import { nameOf, type OperationParts, timeOfSeconds } from "./parts.ts";
import { type Target, writing } from "./writing.ts";

/** An execution delay of so many milliseconds is waited for. */
const patience = 30_000;
const poll = 200;

/** How this member takes part in what the members decide. */
export function governanceOperations(
  parts: Pick<OperationParts, "ledger" | "member" | "clock" | "signal">,
): Omit<GovernanceOperations, "communities" | "changeCommunity"> {
  const { ledger, member, clock, signal } = parts;
  const { view } = ledger;

  async function found(id: string): Promise<ProposalRecord> {
    await ledger.refresh(signal);
    const record = view.proposals.get(HashText.parse(id));
    if (record !== undefined) return record;
    throw new BeltError("NOT_FOUND", `There is no proposal ${id}.`, { at: "proposal" });
  }

  async function proposalView(record: ProposalRecord): Promise<Proposal> {
    const { state, quorum, superQuorum } = await ledger.standingOf(record.id, signal);
    const { executed } = record;
    return {
      ...{ proposal: record.id, state, reference: referenceOf(record), proposer: record.proposer },
      proposerName: nameOf(view, record.proposer),
      calls: record.calls.map((call) => describeCall(ledger, call)),
      votes: tally(view, record.id),
      ...(quorum === undefined ? {} : { quorum }),
      ...(superQuorum === undefined ? {} : { superQuorum }),
      proposedAt: timeOfSeconds(record.proposed.at),
      opensAt: timeOfSeconds(record.opens),
      closesAt: timeOfSeconds(record.closes),
      ...dueAt(record.id),
      ...(executed === undefined ? {} : { executedAt: timeOfSeconds(executed.at) }),
    };
  }

  function dueAt(id: Hash): { readonly dueAt?: string } {
    const due = view.proposals.get(id)?.due;
    return due === undefined ? {} : { dueAt: timeOfSeconds(due) };
  }

  /** Carries out what is queued, as soon as its delay is over if that is soon. */
  async function execute(id: Hash, { ledger: to, dry, options }: Target) {
    const end = clock.now() + patience;
    for (;;) {
      try {
        return await to.execute(id, options);
      } catch (error) {
        const early = error instanceof BeltError && error.code === "LEDGER_TOO_EARLY";
        if (!early || dry || clock.now() > end) throw error;
        await pause(poll, undefined, { signal });
      }
    }
  }

  return {
    async members() {
      return [...view.profiles.values()].map(({ member: account, name, kinds, standing, url, admitted }) => ({
        ...{ member: account, name, kinds: kindsOf(kinds), standing, url: url ?? null },
        admittedAt: timeOfSeconds(admitted.at),
      }));
    },
    rules: () => ledger.rules(signal),
    async proposals() {
      await ledger.refresh(signal);
      return Promise.all([...view.proposals.values()].toReversed().map(proposalView));
    },
    async proposal(id) {
      const record = await found(id);
      const ballots = (view.votes.get(record.id) ?? []).map(({ voter, support, cast }) => ({
        ...{ member: voter, memberName: nameOf(view, voter), support, at: timeOfSeconds(cast.at) },
      }));
      return { ...(await proposalView(record)), ballots };
    },
    propose: writing(parts, async ({ decisions, reference }: NewProposal, { ledger: to, options }) => {
      const addressed = decisions.map((decision, place) => addressedIn(view, decision, place));
      const { proposal, transaction } = await to.propose(addressed, reference, options);
      return { proposal, transaction };
    }),
    vote: writing(
      parts,
      async (
        given: { readonly proposal: string; readonly support: Voted["support"] },
        { ledger: to, options },
      ) => {
        const { id } = await found(given.proposal);
        const { transaction } = await to.vote(id, given.support, options);
        return { proposal: id, support: given.support, transaction };
      },
    ),
    carryOut: writing(parts, async (given: string, to) => {
      const { id } = await found(given);
      const { state } = await ledger.standingOf(id, signal);
      const queued = state === "succeeded" ? await queue(id, to, view) : undefined;
      const later = (view.proposals.get(id)?.due ?? 0) * 1_000 > clock.now() + patience;
      if (queued !== undefined && (to.dry || later)) {
        return { proposal: id, state: "queued" as const, ...dueAt(id), transaction: queued.transaction };
      }
      const { transaction } = await execute(id, to);
      return { proposal: id, state: "executed" as const, transaction };
    }),
    cancelProposal: writing(parts, async (given: string, { ledger: to, options }) => {
      const { id } = await found(given);
      const { transaction } = await to.cancel(id, options);
      return { proposal: id, transaction };
    }),
    resign: writing(parts, async ({ name }: Resignation, { ledger: to, options }) => {
      if (name !== nameOf(view, member)) {
        throw new BeltError("INPUT_INVALID", `This member is not called ${name}.`, { at: "/name" });
      }
      const { transaction } = await to.resign(options);
      return { transaction };
    }),
    movePause: writing(parts, async (_: object, { ledger: to, options }) => {
      const { transaction } = await to.movePause(options);
      return { transaction };
    }),
  };
}

/** Queues a proposal; undefined when there is no delay, and so nothing to queue for. */
async function queue(id: Hash, { ledger: to, options }: Target, view: IndexView) {
  try {
    return await to.queue(id, options);
  } catch (error) {
    if (!(error instanceof LedgerRevert)) throw error;
    if (error.revert.error === "GovernorProposalQueueingNotRequired") return undefined;
    if (error.revert.error === "AccessManagerAlreadyScheduled") throw behindAnother(id, error, view);
    throw error;
  }
}

/** The refusal in the words of who has to do something about it: which proposal it has to wait for. */
function behindAnother(id: Hash, refusal: LedgerRevert, view: IndexView): BeltError {
  const own = view.proposals.get(id)?.calls ?? [];
  const isBefore = ({ calls, queued, executed, canceled }: ProposalRecord): boolean =>
    queued !== undefined &&
    executed === undefined &&
    canceled === undefined &&
    calls.some(({ target, data }) => own.some((call) => call.target === target && call.data === data));
  const before = [...view.proposals.values()].find((each) => each.id !== id && isBefore(each));
  if (before === undefined) return refusal;
  const due = before.due === undefined ? "" : ` (from ${timeOfSeconds(before.due)} on)`;
  return new BeltError(
    refusal.code,
    `Proposal ${before.id} decides the same, and is queued before this one.`,
    {
      remedy: `Carry that one out first${due}: \`belt govern execute ${before.id.slice(0, 10)}\`; then this one.`,
      cause: refusal,
    },
  );
}

/** A decision whose members are meant by their addresses. */
function addressedIn(view: IndexView, given: Decision, place: number): Decision {
  const at = `/decisions/${place}`;
  if ("stewards" in given) {
    const stewards = given.stewards.map((steward, each) =>
      memberNamed(view, steward, `${at}/stewards/${each}`),
    );
    return { ...given, stewards };
  }
  return "member" in given ? { ...given, member: memberNamed(view, given.member, `${at}/member`) } : given;
}

/** A proposal's reference, without what keeps the proposal for its proposer. */
const referenceOf = ({ description }: ProposalRecord): string =>
  description.replace(/#proposer=0x[0-9a-fA-F]{40}$/, "");
