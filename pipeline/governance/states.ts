/** How a proposal stands, by the contract's numbers (OpenZeppelin's IGovernor.ProposalState). */
export const proposalStates = [
  "pending",
  "active",
  "canceled",
  "defeated",
  "succeeded",
  "queued",
  "expired",
  "executed",
] as const;
export type ProposalState = (typeof proposalStates)[number];
