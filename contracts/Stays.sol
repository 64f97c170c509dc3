// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IStays} from "./interfaces/IStays.sol";
import {Calendar} from "./libraries/Calendar.sol";
import {Slots} from "./libraries/Slots.sol";
import {Statuses} from "./libraries/Statuses.sol";
import {Stay} from "./types/Stay.sol";

/// @title Stays: the calendars of products
/// @notice See IStays.
abstract contract Stays is IStays {
    using Calendar for mapping(uint256 word => uint256);
    using Slots for uint16;
    using Statuses for uint256;

    mapping(bytes32 calendar => mapping(uint256 word => uint256)) private _calendars;
    mapping(bytes32 sheet => Stay) private _stays;

    /// @inheritdoc IStays
    function takenOn(bytes32 calendar, uint32 day) external view returns (uint256) {
        return _calendars[calendar].takenOn(day);
    }

    /// @inheritdoc IStays
    function stayOf(bytes32 sheet) external view returns (Stay memory) {
        return _stays[sheet];
    }

    /// @dev Takes the days of a new sheet.
    function _take(bytes32 sheet, Stay memory stay, uint256 capacity) internal {
        uint256 today = block.timestamp / 1 days;
        if (stay.firstDay < today) revert DayPast(stay.firstDay, today);
        uint256 end = uint256(stay.firstDay) + stay.dayCount;
        _calendars[stay.calendar].take(stay.firstDay, end, stay.units, capacity);
        _stays[sheet] = stay;
    }

    /// @dev Gives back the days of a sheet that come after a time; nothing when it is no product's.
    function _freeAfter(bytes32 sheet, uint256 time) internal {
        Stay memory stay = _stays[sheet];
        uint256 start = time / 1 days + 1;
        if (start < stay.firstDay) start = stay.firstDay;
        uint256 end = uint256(stay.firstDay) + stay.held;
        if (start >= end) return;
        _stays[sheet].held = uint16(start - stay.firstDay);
        _calendars[stay.calendar].free(start, end, stay.units);
    }

    /// @dev Refuses a report that says of a unit that it is done although its day is still ahead.
    function _requireBegun(
        bytes32 sheet,
        uint16 count,
        uint16 covered,
        uint16[] calldata slots,
        uint256[] calldata words
    ) internal view {
        Stay memory stay = _stays[sheet];
        uint256 today = block.timestamp / 1 days;
        uint256 begun = today < stay.firstDay ? 0 : (today - stay.firstDay + 1) * stay.units;
        uint256 next = 0;
        for (uint256 slot = 0; slot * Statuses.PER_WORD < count; ++slot) {
            uint256 word = 0;
            if (next < slots.length && slots[next] == slot) {
                word = words[next];
                ++next;
            }
            if (!covered.has(slot)) continue;
            uint256 ahead = word.firstDone(slot * Statuses.PER_WORD, begun, count);
            if (ahead < count) revert DayNotBegun(ahead, stay.firstDay + ahead / stay.units);
        }
    }
}
