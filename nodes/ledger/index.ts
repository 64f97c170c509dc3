export type { NewConsent } from "./agreementCalls.ts";
export type { Agreements, WrittenConsent } from "./agreements.ts";
export type {
  Booking,
  CasesInDispute,
  DisputeDecision,
  OfferBooking,
  ProductBooking,
  StationOfSheet,
  StationReport,
  StationsOfSheet,
} from "./bookingCalls.ts";
export type { ContractCall } from "./call.ts";
export { type BeltRecord, calls, type LogHead, type OfferTerms, type ProfileUpdate } from "./calls.ts";
export { chainAccount } from "./chainAccounts.ts";
export type { LedgerChange } from "./changes.ts";
export { type Ledger, type LedgerOptions, openLedger } from "./client.ts";
export type { Credit } from "./credit.ts";
export { type DeployOptions, deploy } from "./deploy.ts";
export { Deployment } from "./deployment.ts";
export { errorOfEthers } from "./ethersError.ts";
export type { LedgerState, Log, Phase } from "./follow.ts";
export type { CommunityChange } from "./governing.ts";
export { consentId, sheetId } from "./identifiers.ts";
export type { LedgerIdentity } from "./identity.ts";
export { type GovernedCall, governLocally, localHost, localRules } from "./localGovernance.ts";
export { findLocalLedger } from "./localLedger.ts";
export type { Estimate } from "./prepare.ts";
export { describeCall, type GovernanceRules, type ProposalStanding } from "./proposals.ts";
export { type LedgerReader, type LedgerReaderOptions, openLedgerReader } from "./reader.ts";
export { LedgerRevert, type Revert } from "./revert.ts";
export { type Chain, type ChainOptions, startChain } from "./startChain.ts";
export {
  signGrant,
  signRevocation,
  statementDomain,
  type Use,
} from "./statements.ts";
export type { Submission, SubmissionState } from "./submission.ts";
export type { SubmitOptions, Wallet } from "./submit.ts";
export { namesIn } from "./words.ts";
export type { DryRun, DryTransaction, Written } from "./write.ts";
export type { Writings } from "./writings.ts";
