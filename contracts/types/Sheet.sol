// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice A booking of 1 to 1,024 cases, as it is read. Its belt or offer is in the event that tells of the booking.
/// @param consumer Who booked.
/// @param deadline The last second (Unix time) in which a station may report; a cancellation brings it forward.
/// @param count The number of cases.
/// @param stations The number of stations.
/// @param expired Whether what the stations left unreported was refunded after the deadline.
/// @param product Whether it is a product that was booked by the day: see Stay.
struct Sheet {
    address consumer;
    uint40 deadline;
    uint16 count;
    uint8 stations;
    bool expired;
    bool product;
}

/// @notice One station of a sheet.
/// @param member Whose station it is: who reports, and who is paid.
/// @param price Of one case, in the smallest unit of credit, as it was when the sheet was booked.
/// @param closedAt The time (Unix) at which the station had reported every case, or declined the rest; 0 before.
/// @param covered The slots of 64 cases that the station has reported: bit n is slot n.
/// @param done How many of their cases are done; those of an upheld dispute are not.
/// @param disputed How many of the done cases are in dispute: these are not paid until that is decided.
/// @param settled Whether the member was paid for what it reported, and the rest of that refunded.
struct Station {
    address member;
    uint128 price;
    uint64 closedAt;
    uint16 covered;
    uint16 done;
    uint16 disputed;
    bool settled;
}
