// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice The state of a member's receipt log, as anchored.
/// @param root The Merkle tree hash (RFC 9162) of the log's first `size` leaves.
/// @param size The number of leaves; 0 when the member has anchored nothing.
/// @param anchoredAt The block in which it was anchored.
struct Head {
    bytes32 root;
    uint64 size;
    uint64 anchoredAt;
}
