// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Sheet} from "./Sheet.sol";

/// @notice The booking of a sheet as it is stored, in one word; see Sheet for what its parts say. From the lowest bit:
/// consumer 160, deadline 40, count 16, stations 8, expired 1, product 1. Zero for a sheet that was never booked.
type Booking is uint256;

using BookingParts for Booking global;

/// @title The parts of a Booking
/// @notice The functions that change one give a new one.
library BookingParts {
    uint256 private constant DEADLINE = uint256(type(uint40).max) << 160;
    uint256 private constant EXPIRED = 1 << 224;
    uint256 private constant PRODUCT = 1 << 225;

    /// @dev A booking as it is made.
    function made(address byConsumer, uint40 until, uint16 cases, uint256 ofStations, bool ofProduct)
        internal
        pure
        returns (Booking)
    {
        uint256 word = uint256(uint160(byConsumer)) | (uint256(until) << 160) | (uint256(cases) << 200);
        word |= ofStations << 216;
        return Booking.wrap(ofProduct ? word | PRODUCT : word);
    }

    /// @dev Who booked.
    function consumer(Booking self) internal pure returns (address) {
        return address(uint160(Booking.unwrap(self)));
    }

    /// @dev The last second in which a station may report.
    function deadline(Booking self) internal pure returns (uint40) {
        return uint40(Booking.unwrap(self) >> 160);
    }

    /// @dev The number of cases.
    function count(Booking self) internal pure returns (uint16) {
        return uint16(Booking.unwrap(self) >> 200);
    }

    /// @dev The number of stations.
    function stations(Booking self) internal pure returns (uint8) {
        return uint8(Booking.unwrap(self) >> 216);
    }

    /// @dev Whether what was left unreported was refunded.
    function isExpired(Booking self) internal pure returns (bool) {
        return Booking.unwrap(self) & EXPIRED != 0;
    }

    /// @dev Whether it is a product's.
    function isProduct(Booking self) internal pure returns (bool) {
        return Booking.unwrap(self) & PRODUCT != 0;
    }

    /// @dev With another deadline.
    function cancelled(Booking self, uint40 until) internal pure returns (Booking) {
        return Booking.wrap((Booking.unwrap(self) & ~DEADLINE) | (uint256(until) << 160));
    }

    /// @dev Expired.
    function expired(Booking self) internal pure returns (Booking) {
        return Booking.wrap(Booking.unwrap(self) | EXPIRED);
    }

    /// @dev What it says, for those who read it.
    function sheet(Booking self) internal pure returns (Sheet memory) {
        return Sheet({
            consumer: consumer(self),
            deadline: deadline(self),
            count: count(self),
            stations: stations(self),
            expired: isExpired(self),
            product: isProduct(self)
        });
    }
}
