// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IStays} from "../interfaces/IStays.sol";

/// @title A calendar of units taken, 16 bits a day, 16 days in a word
/// @notice Day `d` has its number in word `d / 16`, in the bits `16 * (d % 16)` to `16 * (d % 16) + 15`, counted from
/// the least significant bit.
library Calendar {
    uint256 private constant PER_WORD = 16;

    /// @notice How many units are taken on a day.
    /// @param words The calendar.
    /// @param day The day.
    function takenOn(mapping(uint256 word => uint256) storage words, uint256 day) internal view returns (uint256) {
        return (words[day / PER_WORD] >> _shift(day)) & type(uint16).max;
    }

    /// @notice Takes units on every day of a period, or reverts with DayTaken.
    /// @param words The calendar.
    /// @param start The first day.
    /// @param end The day after the last one.
    /// @param units How many units to take, at least 1.
    /// @param capacity How many there are, at most 65,535.
    function take(
        mapping(uint256 word => uint256) storage words,
        uint256 start,
        uint256 end,
        uint256 units,
        uint256 capacity
    ) internal {
        for (uint256 day = start; day < end;) {
            uint256 place = day / PER_WORD;
            uint256 word = words[place];
            for (; day < end && day / PER_WORD == place; ++day) {
                uint256 taken = (word >> _shift(day)) & type(uint16).max;
                if (taken + units > capacity) revert IStays.DayTaken(day, taken, capacity);
                word += units << _shift(day);
            }
            words[place] = word;
        }
    }

    /// @notice Gives back units that were taken on every day of a period.
    /// @param words The calendar.
    /// @param start The first day.
    /// @param end The day after the last one.
    /// @param units How many units, as they were taken.
    function free(mapping(uint256 word => uint256) storage words, uint256 start, uint256 end, uint256 units) internal {
        for (uint256 day = start; day < end;) {
            uint256 place = day / PER_WORD;
            uint256 word = words[place];
            for (; day < end && day / PER_WORD == place; ++day) {
                word -= units << _shift(day);
            }
            words[place] = word;
        }
    }

    function _shift(uint256 day) private pure returns (uint256) {
        return 16 * (day % PER_WORD);
    }
}
