// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice A booking of 1 to 1,024 cases on one belt.
/// @param consumer Who booked.
/// @param deadline The last second (Unix time) in which a station may report.
/// @param stations The number of stations of the belt.
/// @param belt The belt.
/// @param cost What the consumer agreed to pay, in the smallest unit of credit.
/// @param reported The stations that reported: bit n is station n.
/// @param count The number of cases; 0 for a sheet that was never booked.
/// @param expired Whether the stations that did not report were closed.
struct Sheet {
    address consumer;
    uint64 deadline;
    uint8 stations;
    bytes32 belt;
    uint176 cost;
    uint32 reported;
    uint16 count;
    bool expired;
}
