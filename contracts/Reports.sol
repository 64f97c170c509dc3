// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Disputes} from "./Disputes.sol";
import {Stays} from "./Stays.sol";
import {IBookings} from "./interfaces/IBookings.sol";
import {IProfiles} from "./interfaces/IProfiles.sol";
import {Shares} from "./libraries/Shares.sol";
import {Slots} from "./libraries/Slots.sol";
import {Statuses} from "./libraries/Statuses.sol";
import {Booking} from "./types/Booking.sol";
import {Post} from "./types/Post.sol";

/// @title Reports: what stations say of a booked sheet, how that is settled, and how sheets end without it
/// @notice See IBookings.
abstract contract Reports is IBookings, Disputes, Stays {
    using Slots for uint16;
    using Statuses for uint256;

    /// @dev What a station still has after a cancellation, to report what it has done.
    uint64 private constant CANCELLATION_NOTICE = 1 hours;

    /// @notice Deploys a book without sheets.
    /// @param profiles Knows who is a supervisor.
    /// @param token The currency.
    /// @param window The acceptance window in seconds.
    constructor(IProfiles profiles, IERC20 token, uint64 window) Disputes(profiles, token, window) {}

    /// @inheritdoc IBookings
    function report(
        bytes32 sheet,
        uint8 station,
        uint16 covered,
        uint16[] calldata slots,
        uint256[] calldata words
    ) external {
        Booking record = _known(sheet);
        Post post = _ownPost(sheet, station, record);
        uint16 all = Slots.all(record.count());
        if (covered == 0 || covered & ~all != 0) revert CoverOutOfBounds(covered, all);
        if (covered & post.covered() != 0) revert CoveredBefore(sheet, station, covered & post.covered());
        uint16 notDone = _write(sheet, station, covered, record.count(), slots, words);
        if (record.isProduct()) _requireBegun(sheet, record.count(), covered, slots, words);
        post = post.reported(covered, covered.cases(record.count()) - notDone);
        _posts[sheet][station] = post.covered() == all ? post.closed(block.timestamp) : post;
        emit SheetReported(sheet, station, msg.sender, covered, slots, words);
    }

    /// @inheritdoc IBookings
    function accept(bytes32 sheet, uint32 stations) external {
        Booking record = _known(sheet);
        _requireConsumer(sheet, record);
        _settle(sheet, record, stations, true);
    }

    /// @inheritdoc IBookings
    function settle(bytes32 sheet, uint32 stations) external {
        _settle(sheet, _known(sheet), stations, false);
    }

    /// @inheritdoc IBookings
    function cancel(bytes32 sheet) external {
        Booking record = _known(sheet);
        _requireConsumer(sheet, record);
        uint40 deadline = uint40(block.timestamp + CANCELLATION_NOTICE);
        if (deadline >= record.deadline()) revert NothingToCancel(sheet, record.deadline());
        _bookings[sheet] = record.cancelled(deadline);
        // What begins later cannot be reported as done any more.
        if (record.isProduct()) _freeAfter(sheet, deadline);
        emit SheetCancelled(sheet, deadline);
    }

    /// @inheritdoc IBookings
    function decline(bytes32 sheet, uint8 station) external {
        Booking record = _known(sheet);
        Post post = _ownPost(sheet, station, record);
        post = post.closed(block.timestamp);
        // Of a station that has reported nothing there is nothing more to settle.
        _posts[sheet][station] = post.covered() == 0 ? post.settled() : post;
        uint256 refund = _restOf(record, post);
        if (record.isProduct()) _freeAfter(sheet, block.timestamp);
        _owe(record.consumer(), refund);
        emit StationDeclined(sheet, station, msg.sender, refund);
    }

    /// @inheritdoc IBookings
    function expire(bytes32 sheet) external {
        Booking record = _known(sheet);
        if (block.timestamp <= record.deadline()) {
            revert DeadlineNotPassed(sheet, record.deadline(), uint64(block.timestamp));
        }
        if (record.isExpired()) revert NothingToExpire(sheet);
        uint32 unreported = 0;
        uint256 refund = 0;
        for (uint256 i = 0; i < record.stations(); ++i) {
            Post post = _posts[sheet][i];
            if (post.closedAt() != 0) continue;
            unreported |= uint32(1 << i);
            refund += _restOf(record, post);
        }
        if (unreported == 0) revert NothingToExpire(sheet);
        _bookings[sheet] = record.expired();
        _owe(record.consumer(), refund);
        emit SheetExpired(sheet, unreported, refund);
    }

    /// @dev Checks the words of a report, writes them, and counts the exceptions in them.
    function _write(
        bytes32 sheet,
        uint8 station,
        uint16 covered,
        uint16 count,
        uint16[] calldata slots,
        uint256[] calldata words
    ) private returns (uint16 notDone) {
        _requireLengths(slots, words);
        for (uint256 i = 0; i < slots.length; ++i) {
            (uint16 slot, uint256 word) = _entry(slots, words, i, covered);
            uint256 refused = word.refused();
            if (refused != 0) {
                uint256 place = refused.first();
                revert StatusRefused(slot * Statuses.PER_WORD + place, word.statusAt(place));
            }
            _requireWithin(sheet, slot, word, count);
            _exceptions[sheet][_key(station, slot)] = word;
            notDone += uint16(word.exceptions());
        }
    }

    /// @dev Pays by count what is not in dispute, and refunds what is not done.
    function _settle(bytes32 sheet, Booking record, uint32 stations, bool accepted) private {
        if (stations == 0) revert StationsMissing();
        uint256 refund = 0;
        for (uint8 station = 0; stations >> station != 0; ++station) {
            if ((stations >> station) & 1 == 0) continue;
            Post post = _at(sheet, station, record);
            uint64 finalAt = _finalAt(record, post);
            if (post.isSettled()) revert StationSettledBefore(sheet, station);
            if (finalAt == 0) revert StationUnreported(sheet, station);
            uint64 end = finalAt + acceptanceWindow;
            if (!accepted && block.timestamp <= end) {
                revert WindowOpen(sheet, station, end, uint64(block.timestamp));
            }
            refund += _settleOne(sheet, station, record, post);
        }
        _owe(record.consumer(), refund);
    }

    function _settleOne(bytes32 sheet, uint8 station, Booking record, Post post)
        private
        returns (uint256 refund)
    {
        _posts[sheet][station] = post.settled();
        address member = _members[post.member()];
        uint256 paid = Shares.undisputed(post.price(), post.done(), post.disputed());
        refund = Shares.notDone(post.price(), post.covered().cases(record.count()), post.done());
        _owe(member, paid);
        emit StationSettled(sheet, station, member, msg.sender, paid, refund);
    }

    /// @dev A station of the caller, which can still report.
    function _ownPost(bytes32 sheet, uint8 station, Booking record) private view returns (Post post) {
        post = _at(sheet, station, record);
        address member = _members[post.member()];
        if (msg.sender != member) revert NotStationMember(sheet, station, member, msg.sender);
        if (post.closedAt() != 0) revert StationClosed(sheet, station);
        uint64 time = uint64(block.timestamp);
        if (time > record.deadline()) revert DeadlinePassed(sheet, record.deadline(), time);
    }

    /// @dev The price of what a station has not reported.
    function _restOf(Booking record, Post post) private pure returns (uint256) {
        return Shares.unreported(post.price(), record.count(), post.covered().cases(record.count()));
    }
}
