// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice How the members begin to decide; they can change it by deciding so.
/// @param votingDelay Seconds from a proposal to the opening of its vote.
/// @param votingPeriod Seconds that a vote is open.
/// @param executionDelay Seconds from queuing what passed to carrying it out.
/// @param quorum Percent of the members, rounded up, that must be for a proposal or abstain for it to pass.
/// @param superQuorum Percent of the members, rounded up, whose votes for a proposal decide it at once.
struct Rules {
    uint48 votingDelay;
    uint32 votingPeriod;
    uint32 executionDelay;
    uint8 quorum;
    uint8 superQuorum;
}
