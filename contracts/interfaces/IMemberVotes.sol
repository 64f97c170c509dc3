// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title One active member, one vote
/// @notice A vote comes with admission and goes with suspension, removal and leaving. It cannot be handed to anybody.
interface IMemberVotes {
    /// @notice A vote stays with its member.
    error DelegationRefused(address member, address delegatee);

    /// @notice The number of active members, which is the number of votes.
    function activeCount() external view returns (uint256);
}
