// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice A published belt: a document that chains offers into stations.
/// @param member Who published it.
/// @param publishedAt The block in which it was published.
/// @param endorsements How many members endorse it.
/// @param steward Who answers for it: who published it, until another member takes that over.
/// @param deprecatedAt The block in which its steward advised against it; 0 while it has not.
/// @param parent The belt that it forks; zero when it forks none.
/// @param successor The belt to book instead of a deprecated one; zero when there is none.
/// @param offers The offer of every station, in the order of the stations' names; a station's place is its number.
struct Belt {
    address member;
    uint64 publishedAt;
    uint32 endorsements;
    address steward;
    uint64 deprecatedAt;
    bytes32 parent;
    bytes32 successor;
    bytes32[] offers;
}
