// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IStays} from "../../contracts/interfaces/IStays.sol";
import {Calendar} from "../../contracts/libraries/Calendar.sol";
import {Statuses} from "../../contracts/libraries/Statuses.sol";
import {Checks} from "./support/Checks.sol";

/// @title The packing of days, against the plainest way to do it
contract CalendarTest is Checks {
    using Calendar for mapping(uint256 word => uint256);

    uint256 private constant DAYS = 80;

    mapping(uint256 word => uint256) private _words;
    mapping(uint256 day => uint256) private _model;

    /// @notice Periods that are taken and given back in any order: every day has what the model says, its neighbours
    /// what they had, and nothing is taken that there is not.
    function testFuzzPeriods(uint256 seed, uint16 anyCapacity) external {
        uint256 capacity = anyCapacity % 4 == 0 ? type(uint16).max : _within(anyCapacity, 1, 9);
        for (uint256 i = 0; i < 12; ++i) {
            uint256 start = _random(seed, i) % DAYS;
            uint256 end = start + (_random(seed, i + 100) % (DAYS - start + 1));
            uint256 units = _within(_random(seed, i + 200), 1, capacity);
            bool fits = true;
            uint256 first = 0;
            for (uint256 day = end; day > start; --day) {
                if (_model[day - 1] + units > capacity) (fits, first) = (false, day - 1);
            }
            try this.take(start, end, units, capacity) {
                require(fits, "more was taken than there is");
                for (uint256 day = start; day < end; ++day) _model[day] += units;
                if (_random(seed, i + 300) % 3 == 0) _free(start, end, units);
            } catch (bytes memory reason) {
                require(!fits, "a period was refused");
                bytes memory expected =
                    abi.encodeWithSelector(IStays.DayTaken.selector, first, _model[first], capacity);
                require(keccak256(reason) == keccak256(expected), "another reason");
            }
            for (uint256 day = 0; day <= DAYS; ++day) _equal(_words.takenOn(day), _model[day], "taken");
        }
    }

    /// @notice The first case of a word that is done, from any case on.
    function testFirstDone(uint256 word, uint256 mask, uint8 anyStart, uint16 anyFrom, uint16 anyCount) external pure {
        uint256 start = 64 * uint256(anyStart % 16);
        (uint256 from, uint256 count) = (anyFrom % 1200, _within(anyCount, start + 1, 1024));
        uint256 some = anyFrom % 2 == 0 ? word : word | mask | (mask << 1);
        uint256 expected = count;
        for (uint256 i = count; i > start; --i) {
            if (i - 1 < start + 64 && i - 1 >= from && Statuses.statusAt(some, i - 1 - start) == 0) expected = i - 1;
        }
        _equal(Statuses.firstDone(some, start, from, count), expected, "first done");
    }

    function take(uint256 start, uint256 end, uint256 units, uint256 capacity) external {
        _words.take(start, end, units, capacity);
    }

    function _free(uint256 start, uint256 end, uint256 units) private {
        _words.free(start, end, units);
        for (uint256 day = start; day < end; ++day) _model[day] -= units;
    }
}
