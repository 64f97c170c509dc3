// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Head} from "../types/Head.sol";

/// @title What was done
/// @notice Members anchor the heads of their receipt logs. An anchored head stays: rewriting the log's history would
/// need a head that contradicts it, and anyone can show that.
interface IReceipts {
    /// @notice A member anchored the head of its log.
    /// @param member Whose log it is.
    /// @param size The number of leaves.
    /// @param root The Merkle tree hash of these leaves.
    event HeadAnchored(address indexed member, uint64 size, bytes32 root);

    /// @notice A head needs its root.
    error RootMissing();
    /// @notice A log has less than 2^40 leaves.
    error SizeOutOfBounds(uint64 size);
    /// @notice A log only grows.
    error SizeNotGrown(address member, uint64 size, uint64 anchored);

    /// @notice Anchors the head of the caller's log.
    /// @dev Only an active member.
    /// @param size The number of leaves, larger than any anchored before.
    /// @param root The Merkle tree hash of these leaves (RFC 9162).
    function anchor(uint64 size, bytes32 root) external;

    /// @notice The head that a member anchored last; all zero when it anchored none.
    /// @param member Whose log it is.
    function headOf(address member) external view returns (Head memory);
}
