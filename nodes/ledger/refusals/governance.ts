import type { Refusals } from "./refusal.ts";

const decide = "Only the members' decision does it: propose it with `belt govern propose`.";

/** What Governance refuses, and OpenZeppelin's Governor, votes and checkpoints in it. */
export const governanceRefusals: Refusals = {
  "ActionsOutOfBounds(actions,most)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "a proposal has {most} calls at most, and not {actions}",
    remedy: "Make several proposals of it.",
  },
  "DescriptionInvalid(description)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "a proposal's reference has 1 to 256 visible ASCII characters, unlike {description}",
    remedy: "Give a hash, a URL or a slug that leads to the explanation; the ledger holds no free text.",
  },
  "VoteMissing(proposalId,account)": {
    code: "MEMBER_INACTIVE",
    says: "{account} was no active member when the vote on proposal {proposalId:id} opened",
    remedy: "Only who was an active member then votes; later proposals are open to who is one now.",
  },
  "ReasonRefused()": {
    code: "LEDGER_VALUE_REFUSED",
    says: "votes give no reasons, since the ledger holds no free text",
  },
  "DurationOutOfBounds(duration,most)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "a vote's delay and duration are {most:duration} at most, and not {duration:duration}",
  },
  "ThresholdFixed(threshold)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "every active member may propose, so the threshold is one vote, and not {threshold}",
  },

  "GovernorNonexistentProposal(proposalId)": {
    code: "NOT_FOUND",
    says: "there is no proposal {proposalId:id}",
  },
  "GovernorInsufficientProposerVotes(proposer,votes,threshold)": {
    code: "MEMBER_INACTIVE",
    says: "only active members propose, and {proposer} is none, or has been one for less than a second",
  },
  "GovernorRestrictedProposer(proposer)": {
    code: "LEDGER_NOT_ENTITLED",
    says: "the proposal names another account as its proposer than {proposer}",
  },
  "GovernorInvalidProposalLength(targets,calldatas,values)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "a proposal has as many targets as calls and values, and one at least: here are {targets}, {calldatas} and {values}",
  },
  "GovernorUnexpectedProposalState(proposalId,current,expectedStates)": {
    code: "LEDGER_STATE_REFUSED",
    says: "proposal {proposalId:id} is {current:vote}",
    remedy:
      "Votes are given while it is active; it is queued when it has succeeded, and executed when it is queued: `belt govern show`.",
  },
  "GovernorAlreadyCastVote(voter)": {
    code: "LEDGER_DONE_BEFORE",
    says: "{voter} has voted on it before",
    remedy: "A vote that was given stands.",
  },
  "GovernorInvalidVoteType()": {
    code: "LEDGER_VALUE_REFUSED",
    says: "a vote is 0 (against), 1 (for) or 2 (abstain)",
  },
  "GovernorInvalidVoteParams()": {
    code: "LEDGER_VALUE_REFUSED",
    says: "the parameters of the vote mean nothing here",
  },
  "GovernorInvalidSignature(voter)": {
    code: "LEDGER_SIGNATURE_REFUSED",
    says: "the ballot is not signed by {voter}, or was used before",
  },
  "GovernorUnmetDelay(proposalId,neededTimestamp)": {
    code: "LEDGER_TOO_EARLY",
    says: "proposal {proposalId:id} can be executed from {neededTimestamp:time} on",
  },
  "GovernorUnableToCancel(proposalId,account)": {
    code: "LEDGER_NOT_ENTITLED",
    says: "proposal {proposalId:id} is cancelled by its proposer alone, and only before the vote opens, not by {account}",
  },
  "GovernorProposalQueueingNotRequired(proposalId)": {
    code: "LEDGER_STATE_REFUSED",
    says: "proposal {proposalId:id} needs no queue: it can be executed at once",
  },
  "GovernorProposalQueueingFailed(proposalId)": {
    code: "LEDGER_STATE_REFUSED",
    says: "proposal {proposalId:id} cannot be queued",
  },
  "GovernorAlreadyQueuedProposal(proposalId)": {
    code: "LEDGER_DONE_BEFORE",
    says: "proposal {proposalId:id} is queued already",
  },
  "GovernorMismatchedNonce(proposalId,expectedNonce,actualNonce)": {
    code: "LEDGER_STATE_REFUSED",
    says: "one of the calls of proposal {proposalId:id} was cancelled and queued again by another one",
    remedy: "Propose it again.",
  },
  "GovernorOnlyExecutor(account)": {
    code: "LEDGER_NOT_ENTITLED",
    says: "how the members decide is changed by their decision alone, not by {account}",
    remedy: decide,
  },
  "GovernorLockedIgnore()": {
    code: "LEDGER_VALUE_REFUSED",
    says: "the access rules of this very function cannot be set aside",
  },
  "GovernorDisabledDeposit()": { code: "LEDGER_VALUE_REFUSED", says: "the contract takes no deposits" },
  "GovernorInvalidVotingPeriod(votingPeriod)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "a vote is open for a second at least, and not for {votingPeriod:duration}",
  },
  "GovernorInvalidQuorumFraction(quorumNumerator,quorumDenominator)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "the quorum is {quorumDenominator} percent at most, and not {quorumNumerator}",
  },
  "GovernorInvalidQuorumTooLarge(quorumNumerator,superQuorumNumerator)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "the quorum is no more than the super quorum, {superQuorumNumerator} percent, and here it is {quorumNumerator}",
  },
  "GovernorInvalidSuperQuorumFraction(superQuorumNumerator,denominator)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "the super quorum is {denominator} percent at most, and not {superQuorumNumerator}",
  },
  "GovernorInvalidSuperQuorumTooSmall(superQuorumNumerator,quorumNumerator)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "the super quorum is no less than the quorum, {quorumNumerator} percent, and here it is {superQuorumNumerator}",
  },

  "ERC5805FutureLookup(timepoint,clock)": {
    code: "LEDGER_TOO_EARLY",
    says: "votes are known up to {clock:time}, and not for {timepoint:time}",
  },
  "ERC6372InconsistentClock()": {
    code: "LEDGER_STATE_REFUSED",
    says: "the contract that counts votes uses another clock",
  },
  "VotesExpiredSignature(expiry)": {
    code: "LEDGER_SIGNATURE_REFUSED",
    says: "the signature was good until {expiry:time}",
  },
  "CheckpointUnorderedInsertion()": {
    code: "LEDGER_STATE_REFUSED",
    says: "the ledger's time goes back, which votes cannot follow",
  },
  "SafeCastOverflowedUintDowncast(bits,value)": {
    code: "LEDGER_VALUE_REFUSED",
    says: "{value} does not fit into {bits} bits",
  },
};
