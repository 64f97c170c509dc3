// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice A published belt: a document that chains offers into stations.
/// @param member Who published it.
/// @param publishedAt The block in which it was published.
/// @param parent The belt that it forks; zero when it forks none.
/// @param offers The offer of every station, in the order of the stations' names; a station's place is its number.
struct Belt {
    address member;
    uint64 publishedAt;
    bytes32 parent;
    bytes32[] offers;
}
