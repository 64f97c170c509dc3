// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice How two members stand with each other.
/// @param requester Who asked; zero when they are not connected, and neither has asked.
/// @param since The block in which they connected, or, before that, in which the requester asked.
/// @param accepted Whether the other one agreed: they are connected.
struct Connection {
    address requester;
    uint64 since;
    bool accepted;
}
