// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

// An offer of a station's work.
uint8 constant KIND_STATION = 1;
// An offer of any other product: a course, an assessment, a room, a professional's days. It is booked by the day.
uint8 constant KIND_PRODUCT = 2;

/// @notice A binding quote of a member.
/// @param member Who offers.
/// @param validUntil The last second (Unix time) in which it can be booked.
/// @param deadlineSeconds The time that the work takes at most; of a product, that its report takes after the last day.
/// @param price The price of one case, in the smallest unit of credit; of a product, of one unit for one day.
/// @param capacity The cases of one sheet at most; of a product, the units that there are on every day.
/// @param publishedAt The block in which it was published.
/// @param kind KIND_STATION or KIND_PRODUCT.
/// @param withdrawn Whether the member took it back; what was booked before stays booked.
/// @param document SHA-256 of the offer's canonical document.
struct Offer {
    address member;
    uint64 validUntil;
    uint32 deadlineSeconds;
    uint128 price;
    uint32 capacity;
    uint64 publishedAt;
    uint8 kind;
    bool withdrawn;
    bytes32 document;
}

/// @notice What a booking needs to know of an offer.
/// @param kind KIND_STATION or KIND_PRODUCT; 0 when it cannot be booked now.
struct Quote {
    address member;
    uint128 price;
    uint32 deadlineSeconds;
    uint32 capacity;
    uint8 kind;
}
