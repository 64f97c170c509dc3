// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Statuses} from "../../../contracts/libraries/Statuses.sol";
import {Sheet} from "../../../contracts/types/Sheet.sol";
import {Stay} from "../../../contracts/types/Stay.sol";
import {Consortium} from "./Consortium.sol";

/// @title What members do with a product, and the model of its calendar
abstract contract Guests is Consortium {
    using Statuses for uint256;

    /// @notice A member books days of the product, unless too few units are left on one of them.
    function bookProduct(uint256 anyMember, uint8 anyDay, uint8 anyDayCount, uint8 anyUnits, bytes32 root) external {
        CHEATS.warp(time);
        if (sheets.length == 12 || root == 0) return;
        address consumer = member(anyMember % MEMBERS);
        bytes32 id = keccak256(abi.encode(block.chainid, address(bookings), consumer, root));
        // Mostly from today on, seldom yesterday; never nothing.
        uint32 firstDay = uint32(time / 1 days + (anyDay % 8) - (anyDay % 16 == 15 ? 8 : 0));
        Stay memory stay =
            Stay(calendar, firstDay, uint16(anyDayCount % 5) + 1, uint16(anyDayCount % 5) + 1, uint16(anyUnits % 6) + 1);
        uint256 cost = uint256(PRODUCT_PRICE) * stay.dayCount * stay.units;
        bool allowed = _booked[id].count == 0 && cost <= purse[consumer] && firstDay >= time / 1 days && _isFree(stay);
        bytes memory call =
            abi.encodeCall(bookings.bookProduct, (product, firstDay, stay.dayCount, stay.units, root, cost));
        if (!_try(consumer, call, allowed, "a second, late or unpaid booking of a product")) return;
        sheets.push(id);
        _roots[id] = root;
        uint40 deadline = (uint40(firstDay) + stay.dayCount) * 1 days + 60;
        _booked[id] = Sheet(consumer, deadline, stay.dayCount * stay.units, 1, false, true);
        _stays[id] = stay;
        (_stations[id][0].price, _stations[id][0].member) = (PRODUCT_PRICE, member(1));
        for (uint256 i = 0; i < stay.dayCount; ++i) taken[firstDay + i] += stay.units;
        purse[consumer] -= cost;
        held += cost;
    }

    /// @dev Whether words say of a unit that it is done although its day has not begun.
    function _saysDoneAhead(bytes32 sheet, uint16 covered, Words memory list) internal view returns (bool) {
        Stay storage stay = _stays[sheet];
        for (uint256 i = 0; i < _booked[sheet].count; ++i) {
            if ((covered >> (i / 64)) & 1 == 0 || stay.firstDay + i / stay.units <= time / 1 days) continue;
            uint256 word = 0;
            for (uint256 each = 0; each < list.slots.length; ++each) {
                if (list.slots[each] == i / 64) word = list.words[each];
            }
            if (word.statusAt(i % 64) == Statuses.DONE) return true;
        }
        return false;
    }

    function _isFree(Stay memory stay) private view returns (bool) {
        for (uint256 i = 0; i < stay.dayCount; ++i) {
            if (taken[stay.firstDay + i] + stay.units > PRODUCT_UNITS) return false;
        }
        return true;
    }
}
