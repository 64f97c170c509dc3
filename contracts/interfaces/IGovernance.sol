// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title How the members decide
/// @notice Any active member proposes calls; every member that was active when the vote opened has one vote, for, against
/// or in abstention. A proposal passes when enough members took part (the quorum) and more are for it than against it,
/// and it is decided before its time as soon as so many are for it that the rest cannot matter (the super quorum). What
/// passed is queued, and carried out by anybody once the execution delay is over. See OpenZeppelin's IGovernor.
///
/// The ledger holds no free text: a proposal is described by a reference to where it is explained, and votes give no
/// reasons.
interface IGovernance {
    /// @notice A proposal has at most so many calls, so that it can always be carried out.
    error ActionsOutOfBounds(uint256 actions, uint256 most);
    /// @notice A description is a reference of 1 to 256 visible ASCII characters: a hash, a URL, a slug. It may end in
    /// `#proposer=0x...`, and then nobody but this account can propose it.
    error DescriptionInvalid(string description);
    /// @notice The account was no active member when the vote opened.
    error VoteMissing(uint256 proposalId, address account);
    /// @notice Votes give no reasons and no parameters.
    error ReasonRefused();
    /// @notice The votes' delay and duration are bounded, so that no decision locks the members out of the next one.
    error DurationOutOfBounds(uint256 duration, uint256 most);
    /// @notice Every active member may propose.
    error ThresholdFixed(uint256 threshold);
}
