// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice An owner's signature (ERC-2612) that lets the bookings take credit of the currency.
/// @param value How much in all; a booking takes its cost only.
/// @param deadline The last second (Unix time) in which the signature counts.
/// @param v The signature's recovery number.
/// @param r The first half of the signature.
/// @param s The second half of the signature.
struct Permit {
    uint256 value;
    uint256 deadline;
    uint8 v;
    bytes32 r;
    bytes32 s;
}
