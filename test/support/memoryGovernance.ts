import type {
  Cancelled,
  CarriedOut,
  Community,
  GovernanceOperations,
  GovernanceRules,
  Member,
  NewMotion,
  NewProposal,
  ProposalDetail,
  Proposed,
  Resignation,
  Voted,
  Written,
} from "../../nodes/api/index.ts";
import { BeltError } from "../../pipeline/errors.ts";
import { type Agreed, bytes, type MemoryWritings, notingIn, time } from "./memoryWritings.ts";

export const bank: Member = {
  ...{ member: bytes("b2", 20), name: "bank", kinds: ["producer", "supervisor"], standing: "active" },
  ...{ url: null, admittedAt: time },
};

export const proposal: ProposalDetail = {
  ...{ proposal: bytes("9a", 32), state: "active", reference: "minutes-1" },
  ...{ proposer: bank.member, proposerName: "bank", calls: ["Profiles.suspend(account acme)"] },
  ...{ votes: { for: 1, against: 0, abstain: 0 }, quorum: 2, superQuorum: 2 },
  ...{ proposedAt: time, opensAt: time, closesAt: time },
  ballots: [{ member: bank.member, memberName: "bank", support: "for", at: time }],
};

export const community: Community = {
  ...{ community: bytes("c0", 32), name: "care", foundedAt: time },
  stewards: [{ member: bank.member, memberName: "bank" }],
  members: [{ member: bank.member, memberName: "bank" }],
  ...{ belts: [bytes("be", 32)], channels: { chat: "https://chat.example" } },
};

/** How a node in memory is governed, for tests to change. */
export interface Governed {
  rules: GovernanceRules;
  state: ProposalDetail["state"];
  /** Proposals that are there already. */
  readonly proposals: ProposalDetail[];
}

/** Those operations of a node in memory: it keeps what it was told, and knows no community but care. */
export function memoryGovernance(
  agreed: Agreed[],
  governed: Governed,
  writings: MemoryWritings,
): GovernanceOperations {
  const { transaction } = writings;
  const noting = notingIn(agreed, writings);
  const now = (): ProposalDetail => ({ ...proposal, state: governed.state });
  return {
    members: async () => [bank],
    rules: async () => governed.rules,
    proposals: async () => [now(), ...governed.proposals],
    proposal: async () => now(),
    propose: noting<NewProposal, Proposed>("propose it", () => ({
      proposal: proposal.proposal,
      transaction,
    })),
    vote: noting("vote", ({ support }: { proposal: string; support: Voted["support"] }) => {
      governed.state = "succeeded";
      return { proposal: proposal.proposal, support, transaction };
    }),
    carryOut: noting<string, CarriedOut>("carry out the proposal", () => {
      const soon = governed.rules.executionDelay < 60;
      return {
        ...{ proposal: proposal.proposal, state: soon ? ("executed" as const) : ("queued" as const) },
        ...(soon ? {} : { dueAt: time }),
        transaction,
      };
    }),
    cancelProposal: noting<string, Cancelled>("take back the proposal", () => ({
      ...{ proposal: proposal.proposal, transaction },
    })),
    resign: noting("end the membership", ({ name }: Resignation) => {
      if (name !== "acme")
        throw new BeltError("INPUT_INVALID", `This member is not called ${name}.`, { at: "/name" });
      return { transaction };
    }),
    movePause: noting<NewMotion, Written>("move to pause bookings", () => ({ transaction })),
    communities: async () => [community],
    changeCommunity: noting("change the community", ({ community: name }: { community: string }) => {
      if (name !== "care")
        throw new BeltError("NOT_FOUND", `There is no community ${name}.`, { at: "community" });
      return { transaction };
    }),
  };
}
