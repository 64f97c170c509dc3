// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Stay} from "../types/Stay.sol";

/// @title Which days of products are taken
/// @notice A product offers some units for every day. What is booked is taken from the calendar at once, so that no
/// unit is booked twice for one day; a cancellation or the member's decline gives the days back that are still ahead.
interface IStays {
    /// @notice The first day is over.
    error DayPast(uint256 firstDay, uint256 today);
    /// @notice There are not so many units left on the day.
    error DayTaken(uint256 day, uint256 taken, uint256 capacity);
    /// @notice A unit can be reported as done once its day has begun.
    error DayNotBegun(uint256 caseIndex, uint256 day);

    /// @notice The units that are taken on a day.
    /// @param calendar The calendar of the product: see IOffers.calendarOf.
    /// @param day The days since 1970-01-01, in UTC.
    function takenOn(bytes32 calendar, uint32 day) external view returns (uint256);

    /// @notice The days that a sheet holds; all zero when it is no product's.
    /// @param sheet The sheet.
    function stayOf(bytes32 sheet) external view returns (Stay memory);
}
