// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {GovernorSuperQuorum} from "@openzeppelin/contracts/governance/extensions/GovernorSuperQuorum.sol";
import {GovernorTimelockAccess} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockAccess.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {GovernorVotesQuorumFraction} from
    "@openzeppelin/contracts/governance/extensions/GovernorVotesQuorumFraction.sol";
import {GovernorVotesSuperQuorumFraction} from
    "@openzeppelin/contracts/governance/extensions/GovernorVotesSuperQuorumFraction.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IGovernance} from "./interfaces/IGovernance.sol";
import {Texts} from "./libraries/Texts.sol";
import {Rules} from "./types/Rules.sol";

/// @title Governance: the members decide
/// @notice See IGovernance. OpenZeppelin's Governor over the AccessManager, with the votes of Profiles.
contract Governance is
    IGovernance,
    Governor,
    GovernorSettings,
    GovernorCountingSimple,
    GovernorVotesSuperQuorumFraction,
    GovernorTimelockAccess
{
    using Texts for string;

    uint256 private constant ACTIONS_LIMIT = 32;
    uint256 private constant DESCRIPTION_LIMIT = 256;
    uint256 private constant DURATION_LIMIT = 90 days;
    uint256 private constant THRESHOLD = 1;

    /// @notice Deploys it; it decides on what the access contract gives it the rights to.
    /// @param access The contract that knows who may call what.
    /// @param votes The contract that knows who has a vote, and had one at any time before.
    /// @param rules How the members begin to decide.
    constructor(address access, IVotes votes, Rules memory rules)
        Governor("Belt governance")
        GovernorSettings(rules.votingDelay, rules.votingPeriod, THRESHOLD)
        GovernorVotes(votes)
        GovernorVotesQuorumFraction(rules.quorum)
        GovernorVotesSuperQuorumFraction(rules.superQuorum)
        GovernorTimelockAccess(access, rules.executionDelay)
    {}

    /// @notice Proposes calls. The vote opens after the voting delay.
    /// @dev Only an active member.
    /// @param targets The contracts to call, in this order.
    /// @param values What each call sends, of the network's own money.
    /// @param calldatas What each is called with.
    /// @param description A reference to where the proposal is explained; see DescriptionInvalid.
    /// @return The proposal's id, which follows from all of it.
    function propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description
    ) public override(Governor, GovernorTimelockAccess) returns (uint256) {
        if (targets.length > ACTIONS_LIMIT) revert ActionsOutOfBounds(targets.length, ACTIONS_LIMIT);
        if (!description.isVisible(DESCRIPTION_LIMIT)) revert DescriptionInvalid(description);
        return super.propose(targets, values, calldatas, description);
    }

    /// @notice How many members must be for a proposal, or abstain, for it to pass.
    /// @param timepoint When its vote opened.
    /// @return The number of members.
    function quorum(uint256 timepoint) public view override(Governor, GovernorVotesQuorumFraction) returns (uint256) {
        return _share(quorumNumerator(timepoint), timepoint);
    }

    /// @notice How many members must be for a proposal to decide it at once.
    /// @param timepoint When its vote opened.
    /// @return The number of members.
    function superQuorum(uint256 timepoint) public view override returns (uint256) {
        return _share(superQuorumNumerator(timepoint), timepoint);
    }

    /// @inheritdoc GovernorSuperQuorum
    function state(uint256 proposalId)
        public
        view
        override(Governor, GovernorVotesSuperQuorumFraction)
        returns (ProposalState)
    {
        return super.state(proposalId);
    }

    /// @inheritdoc GovernorCountingSimple
    function proposalVotes(uint256 proposalId)
        public
        view
        override(GovernorCountingSimple, GovernorSuperQuorum)
        returns (uint256 againstVotes, uint256 forVotes, uint256 abstainVotes)
    {
        return super.proposalVotes(proposalId);
    }

    /// @inheritdoc GovernorTimelockAccess
    function proposalNeedsQueuing(uint256 proposalId)
        public
        view
        override(Governor, GovernorTimelockAccess)
        returns (bool)
    {
        return super.proposalNeedsQueuing(proposalId);
    }

    /// @inheritdoc GovernorSettings
    function proposalThreshold() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.proposalThreshold();
    }

    function _castVote(
        uint256 proposalId,
        address account,
        uint8 support,
        string memory reason,
        bytes memory params
    ) internal override returns (uint256) {
        if (bytes(reason).length != 0 || params.length != 0) revert ReasonRefused();
        return super._castVote(proposalId, account, support, reason, params);
    }

    /// @dev A vote that weighs nothing is none: else anybody could fill the record with them.
    function _countVote(
        uint256 proposalId,
        address account,
        uint8 support,
        uint256 totalWeight,
        bytes memory params
    ) internal override(Governor, GovernorCountingSimple) returns (uint256) {
        if (totalWeight == 0) revert VoteMissing(proposalId, account);
        return super._countVote(proposalId, account, support, totalWeight, params);
    }

    function _setVotingDelay(uint48 newVotingDelay) internal override {
        _requireDuration(newVotingDelay);
        super._setVotingDelay(newVotingDelay);
    }

    function _setVotingPeriod(uint32 newVotingPeriod) internal override {
        _requireDuration(newVotingPeriod);
        super._setVotingPeriod(newVotingPeriod);
    }

    function _setBaseDelaySeconds(uint32 newBaseDelay) internal override {
        _requireDuration(newBaseDelay);
        super._setBaseDelaySeconds(newBaseDelay);
    }

    function _setProposalThreshold(uint256 newProposalThreshold) internal override {
        if (newProposalThreshold != THRESHOLD) revert ThresholdFixed(newProposalThreshold);
        super._setProposalThreshold(newProposalThreshold);
    }

    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockAccess) returns (uint48) {
        return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockAccess) {
        super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockAccess) returns (uint256) {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    /// @dev Rounded up: half of three members is two.
    function _share(uint256 percent, uint256 timepoint) private view returns (uint256) {
        return Math.mulDiv(token().getPastTotalSupply(timepoint), percent, quorumDenominator(), Math.Rounding.Ceil);
    }

    function _requireDuration(uint256 duration) private pure {
        if (duration > DURATION_LIMIT) revert DurationOutOfBounds(duration, DURATION_LIMIT);
    }
}
