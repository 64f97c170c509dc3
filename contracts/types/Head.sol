// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice The state of a member's receipt log, as anchored: one word. The whole root, and the block, are in the event.
/// @param root The first 27 bytes of the Merkle tree hash (RFC 9162) of the log's first `size` leaves: as many as there
/// is place for. To find two logs with the same takes some 2^108 hashes.
/// @param size The number of leaves; 0 when the member has anchored nothing.
struct Head {
    bytes27 root;
    uint40 size;
}
