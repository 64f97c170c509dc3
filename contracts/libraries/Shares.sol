// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title Shares: what becomes of the price of the cases at one station
/// @notice Every amount that a sheet moves is computed here. `npm run smt` proves of these very functions that they
/// share out the whole price, no unit more or less, and that nothing overflows.
/// @dev Prices are below 2^128, and a sheet has at most 1,024 cases: disputed <= done <= covered <= count.
library Shares {
    /// @notice The whole price of cases: what is taken from the consumer when it books.
    /// @param price Of one case.
    /// @param count How many cases.
    function whole(uint256 price, uint256 count) internal pure returns (uint256) {
        return price * count;
    }

    /// @notice What goes back to the consumer for cases that the station never reported.
    /// @param price Of one case.
    /// @param count The sheet's cases.
    /// @param covered How many of them the station reported.
    function unreported(uint256 price, uint256 count, uint256 covered) internal pure returns (uint256) {
        return price * (count - covered);
    }

    /// @notice What goes back to the consumer for reported cases that are not done.
    /// @param price Of one case.
    /// @param covered How many cases the station reported.
    /// @param done How many of them are done.
    function notDone(uint256 price, uint256 covered, uint256 done) internal pure returns (uint256) {
        return price * (covered - done);
    }

    /// @notice What the station's member is paid for cases that are done and not in dispute.
    /// @param price Of one case.
    /// @param done How many cases are done.
    /// @param disputed How many of them are in dispute.
    function undisputed(uint256 price, uint256 done, uint256 disputed) internal pure returns (uint256) {
        return price * (done - disputed);
    }

    /// @notice What goes back to the consumer, and what the member is paid, when a dispute is decided.
    /// @param price Of one case.
    /// @param disputed How many cases are in dispute.
    /// @param upheld How many of them are decided for the consumer.
    /// @return refunded What the consumer gets.
    /// @return paid What the member gets.
    function decided(uint256 price, uint256 disputed, uint256 upheld)
        internal
        pure
        returns (uint256 refunded, uint256 paid)
    {
        return (price * upheld, price * (disputed - upheld));
    }
}
