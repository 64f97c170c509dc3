// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice A booking of 1 to 1,024 cases on one belt.
/// @param consumer Who booked.
/// @param deadline The last second (Unix time) in which a station may report.
/// @param count The number of cases; 0 for a sheet that was never booked.
/// @param stations The number of stations of the belt.
/// @param expired Whether the stations that did not report were closed, and their prices refunded.
/// @param belt The belt.
struct Sheet {
    address consumer;
    uint64 deadline;
    uint16 count;
    uint8 stations;
    bool expired;
    bytes32 belt;
}

/// @notice One station of a sheet: one word, written when the sheet is booked, reported and settled.
/// @param price Of one case, in the smallest unit of credit, as it was when the sheet was booked.
/// @param reportedAt The time (Unix) of the station's report; 0 while there is none.
/// @param done How many cases the station reported as done: these are paid.
/// @param settled Whether the station was paid for what it reported, and the rest refunded.
struct Station {
    uint128 price;
    uint64 reportedAt;
    uint16 done;
    bool settled;
}
