// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Votes} from "@openzeppelin/contracts/governance/utils/Votes.sol";
import {ERC6372Utils} from "@openzeppelin/contracts/utils/ERC6372Utils.sol";
import {Time} from "@openzeppelin/contracts/utils/types/Time.sol";
import {IMemberVotes} from "./interfaces/IMemberVotes.sol";

/// @title MemberVotes: who may vote, and who might at any time before
/// @notice See IMemberVotes. Checkpoints are by time, since networks' blocks come at different paces or only when there
/// is something to write.
abstract contract MemberVotes is IMemberVotes, Votes {
    /// @inheritdoc IMemberVotes
    function activeCount() public view returns (uint256) {
        return _getTotalSupply();
    }

    /// @notice The time now, in seconds since 1970.
    /// @return The block's timestamp.
    function clock() public view override returns (uint48) {
        return Time.timestamp();
    }

    /// @notice That votes are counted by time (EIP-6372).
    /// @return The mode of the clock.
    function CLOCK_MODE() public view override returns (string memory) { // solhint-disable-line func-name-mixedcase
        return ERC6372Utils.timestampClockMode(clock);
    }

    /// @notice Everybody votes for itself.
    /// @param account Any account.
    /// @return The account.
    function delegates(address account) public pure override returns (address) {
        return account;
    }

    function _giveVote(address member) internal {
        _transferVotingUnits(address(0), member, 1);
    }

    function _takeVote(address member) internal {
        _transferVotingUnits(member, address(0), 1);
    }

    function _delegate(address account, address delegatee) internal pure override {
        revert DelegationRefused(account, delegatee);
    }

    function _getVotingUnits(address account) internal view override returns (uint256) {
        return getVotes(account);
    }
}
