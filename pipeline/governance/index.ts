export { Decision, MemberName } from "./decision.ts";
export { kindBits, kindsOf, MemberKind, memberKinds } from "./kinds.ts";
export { type ProposalState, proposalStates } from "./states.ts";
