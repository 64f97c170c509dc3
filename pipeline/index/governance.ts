import { position, refuse } from "./contradiction.ts";
import type { EventOf } from "./events.ts";
import type { Support } from "./records.ts";
import type { Tables } from "./tables.ts";

const supports: readonly (Support | undefined)[] = ["against", "for", "abstain"];

export function proposalCreated(tables: Tables, event: EventOf<"ProposalCreated">): void {
  const { proposalId: id, proposer, targets, values, calldatas, description } = event;
  if (tables.proposals.get(id)) refuse(event, "the proposal was made before");
  if (values.length !== targets.length || calldatas.length !== targets.length)
    refuse(event, "its calls are not complete");
  const { voteStart: opens, voteEnd: closes } = event;
  const calls = targets.map((target, place) => ({
    ...{ target, value: values[place] ?? 0n, data: calldatas[place] ?? "0x" },
  }));
  tables.proposals.set(id, {
    ...{ id, proposer, calls, description, opens, closes, proposed: position(event) },
    ...{ due: undefined, queued: undefined, executed: undefined, canceled: undefined },
  });
}

// The directory may name a governing contract that was at work before: what it says of proposals from that time is
// passed over, so that nobody's view of the ledger ends by it.

export function voteCast(tables: Tables, event: EventOf<"VoteCast">): void {
  const { proposalId: id, voter } = event;
  const support = supports[event.support];
  if (!tables.proposals.get(id) || support === undefined) return;
  tables.votes.append(id, { voter, support, cast: position(event) });
}

export function proposalMoved(
  tables: Tables,
  event: EventOf<"ProposalQueued" | "ProposalExecuted" | "ProposalCanceled">,
): void {
  const proposal = tables.proposals.get(event.proposalId);
  if (!proposal) return;
  const at = position(event);
  switch (event.event) {
    case "ProposalQueued":
      tables.proposals.set(proposal.id, { ...proposal, queued: at, due: event.etaSeconds });
      break;
    case "ProposalExecuted":
      tables.proposals.set(proposal.id, { ...proposal, executed: at });
      break;
    case "ProposalCanceled":
      tables.proposals.set(proposal.id, { ...proposal, canceled: at });
      break;
  }
}

/** What supervisors do together, and the members' ending of it. */
export function supervised(
  tables: Tables,
  event: EventOf<"PauseMoved" | "PauseBegun" | "PauseLifted">,
): void {
  const { motion, pause } = tables.supervision.get("now") ?? { motion: undefined, pause: undefined };
  const at = position(event);
  switch (event.event) {
    case "PauseMoved": {
      const { supervisor, lapsesAt } = event;
      tables.supervision.set("now", { motion: { supervisor, lapsesAt, moved: at }, pause });
      break;
    }
    case "PauseBegun": {
      const { first, second, until } = event;
      const begun = { supervisors: [first, second], until, began: at, lifted: undefined } as const;
      tables.supervision.set("now", { motion: undefined, pause: begun });
      break;
    }
    case "PauseLifted":
      if (pause) tables.supervision.set("now", { motion, pause: { ...pause, lifted: at } });
      break;
  }
}
