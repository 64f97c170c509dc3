// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice The days of a product that a sheet holds. A day is a number: the days since 1970-01-01, in UTC. The sheet's
/// case `i` is unit `i % units` on day `firstDay + i / units`.
/// @param calendar Which calendar it is in: see IOffers.calendarOf.
/// @param firstDay The first day.
/// @param dayCount The days that were booked; 0 when the sheet is no product's.
/// @param held Of these, from the first on, those that are held: the others were given back.
/// @param units The units booked on each day.
struct Stay {
    bytes32 calendar;
    uint32 firstDay;
    uint16 dayCount;
    uint16 held;
    uint16 units;
}
