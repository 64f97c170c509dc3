// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Slots} from "../../contracts/libraries/Slots.sol";
import {Booking, BookingParts} from "../../contracts/types/Booking.sol";
import {Post, Posts} from "../../contracts/types/Post.sol";
import {Sheet} from "../../contracts/types/Sheet.sol";
import {Checks} from "./support/Checks.sol";

/// @title Sets of slots and the words of a station and of a sheet, against the plainest way to do it
contract SlotsTest is Checks {
    using Slots for uint16;

    /// @notice Every case of a sheet is in one slot, and all slots together have all cases.
    function testCases(uint16 anyCount, uint16 anySlots) external pure {
        uint16 count = uint16(_within(anyCount, 1, 1024));
        uint16 all = Slots.all(count);
        uint16 slots = anySlots & all;
        uint256 cases = 0;
        for (uint256 i = 0; i < count; ++i) {
            require(all.has(i / 64), "a case in no slot");
            if ((slots >> (i / 64)) & 1 == 1) ++cases;
        }
        require(!all.has((uint256(count) + 63) / 64), "a slot without a case");
        _equal(slots.cases(count), cases, "cases");
        _equal(all.cases(count), count, "all cases");
    }

    /// @notice A slot beyond the sixteenth is in no set.
    function testHas(uint16 slots, uint256 slot) external pure {
        require(!slots.has(16 + (slot % (type(uint256).max - 16))), "a slot that there is not");
        _equal(slots.has(slot % 16) ? 1 : 0, (slots >> (slot % 16)) & 1, "has");
    }

    /// @notice The parts of a station's word do not touch each other, in the order in which they are written.
    function testPost(uint128 price, uint32 member, uint40 time, uint16 slots, uint16 done, uint16 disputed) external pure {
        Post post = Posts.booked(price, member);
        _check(post, price, member);
        (uint16 first, uint16 firstDone) = (slots & 0x0f0f, done / 2);
        (uint16 cases, uint16 more) = (uint16(_within(done, 0, 1024)), uint16(_within(disputed, 0, 512)));
        post = post.reported(first, cases).reported(slots & ~first, 0);
        _check(post, price, member);
        _equal(post.covered(), slots, "covered");
        _equal(post.done(), cases, "done");
        post = post.closed(time).withDisputed(more).withDisputed(firstDone % 512);
        uint256 sum = uint256(more) + (firstDone % 512);
        _check(post, price, member);
        _equal(post.closedAt(), time, "closedAt");
        _equal(post.disputed(), sum, "disputed");
        require(!post.isSettled() && post.settled().isSettled() && post.settled().settled().isSettled(), "settled");
        uint16 upheld = uint16(_within(done, 0, sum < cases ? sum : cases));
        post = post.settled().resolved(upheld);
        _check(post, price, member);
        _equal(post.disputed(), 0, "resolved");
        _equal(post.done(), cases - upheld, "done after all");
        _equal(post.covered(), slots, "covered after all");
        require(post.isSettled() && post.closedAt() == time, "settled and closed after all");
    }

    /// @notice The parts of a sheet's word do not touch each other.
    function testBooking(Sheet calldata parts, uint40 earlier) external pure {
        Booking booking =
            BookingParts.made(parts.consumer, parts.deadline, parts.count, parts.stations, parts.product);
        Sheet memory sheet = parts;
        sheet.expired = false;
        _checkSheet(booking, sheet);
        sheet.deadline = earlier;
        _checkSheet(booking.cancelled(earlier), sheet);
        sheet.expired = true;
        _checkSheet(booking.cancelled(earlier).expired().expired(), sheet);
        sheet.deadline = parts.deadline;
        _checkSheet(booking.expired().cancelled(parts.deadline), sheet);
    }

    function _checkSheet(Booking booking, Sheet memory sheet) private pure {
        require(keccak256(abi.encode(booking.sheet())) == keccak256(abi.encode(sheet)), "another sheet");
    }

    function _check(Post post, uint128 price, uint32 member) private pure {
        _equal(post.price(), price, "price");
        _equal(post.member(), member, "member");
    }
}
