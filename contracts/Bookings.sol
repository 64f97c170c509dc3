// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Disputes} from "./Disputes.sol";
import {IBelts} from "./interfaces/IBelts.sol";
import {IBookings} from "./interfaces/IBookings.sol";
import {IOffers} from "./interfaces/IOffers.sol";
import {IProfiles} from "./interfaces/IProfiles.sol";
import {ISupervision} from "./interfaces/ISupervision.sol";
import {Slots} from "./libraries/Slots.sol";
import {Statuses} from "./libraries/Statuses.sol";
import {NotActive} from "./types/Access.sol";
import {Quote} from "./types/Offer.sol";
import {Post, Posts} from "./types/Post.sol";
import {Sheet} from "./types/Sheet.sol";

/// @title Bookings: sheets, reports, settlement and expiry
/// @notice See IBookings.
contract Bookings is IBookings, Disputes {
    using Slots for uint16;
    using Statuses for uint256;

    uint16 private constant COUNT_LIMIT = 1024;
    /// @dev Twice the longest deadline of an offer: no sheet stays open for ever.
    uint64 private constant DEADLINE_LIMIT = 732 days;
    /// @dev What a station still has after a cancellation, to report what it has done.
    uint64 private constant CANCELLATION_NOTICE = 1 hours;

    IOffers private immutable _offers;
    IBelts private immutable _belts;
    ISupervision private immutable _supervision;

    /// @notice Deploys a book without sheets.
    /// @param profiles Knows who may book.
    /// @param offers Knows prices, deadlines and members.
    /// @param belts Knows the offers of a belt.
    /// @param supervision Knows whether new bookings are paused.
    /// @param token The currency: an ERC-20 that moves what it is told to.
    /// @param window The seconds that a consumer has to look at a report, at most 30 days.
    constructor(
        IProfiles profiles,
        IOffers offers,
        IBelts belts,
        ISupervision supervision,
        IERC20 token,
        uint64 window
    ) Disputes(profiles, token, window) {
        _offers = offers;
        _belts = belts;
        _supervision = supervision;
    }

    /// @inheritdoc IBookings
    function book(bytes32 belt, bytes32 root, uint16 count, uint64 deadline, uint256 maxCost)
        external
        nonReentrant
        returns (bytes32 sheet)
    {
        bytes32[] memory offers = _belts.offersOf(belt);
        if (offers.length == 0) revert BeltUnknown(belt);
        uint256 cost;
        (sheet, cost) = _open(offers, root, count, deadline, maxCost);
        emit SheetBooked(sheet, belt, msg.sender, root, count, deadline, cost);
        _deposit(msg.sender, cost);
    }

    /// @inheritdoc IBookings
    function report(
        bytes32 sheet,
        uint8 station,
        uint16 covered,
        uint16[] calldata slots,
        uint256[] calldata words
    ) external {
        Sheet memory record = _known(sheet);
        Post post = _ownPost(sheet, station, record);
        uint16 all = Slots.all(record.count);
        if (covered == 0 || covered & ~all != 0) revert CoverOutOfBounds(covered, all);
        if (covered & post.covered() != 0) revert CoveredBefore(sheet, station, covered & post.covered());
        uint16 notDone = _write(sheet, station, covered, record.count, slots, words);
        post = post.reported(covered, covered.cases(record.count) - notDone);
        _posts[sheet][station] = post.covered() == all ? post.closed(block.timestamp) : post;
        emit SheetReported(sheet, station, msg.sender, covered, slots, words);
    }

    /// @inheritdoc IBookings
    function accept(bytes32 sheet, uint32 stations) external {
        Sheet memory record = _known(sheet);
        _requireConsumer(sheet, record);
        _settle(sheet, record, stations, true);
    }

    /// @inheritdoc IBookings
    function settle(bytes32 sheet, uint32 stations) external {
        _settle(sheet, _known(sheet), stations, false);
    }

    /// @inheritdoc IBookings
    function cancel(bytes32 sheet) external {
        Sheet memory record = _known(sheet);
        _requireConsumer(sheet, record);
        uint40 deadline = uint40(block.timestamp + CANCELLATION_NOTICE);
        if (deadline >= record.deadline) revert NothingToCancel(sheet, record.deadline);
        _sheets[sheet].deadline = deadline;
        emit SheetCancelled(sheet, deadline);
    }

    /// @inheritdoc IBookings
    function decline(bytes32 sheet, uint8 station) external {
        Sheet memory record = _known(sheet);
        Post post = _ownPost(sheet, station, record);
        post = post.closed(block.timestamp);
        // Of a station that has reported nothing there is nothing more to settle.
        _posts[sheet][station] = post.covered() == 0 ? post.settled() : post;
        uint256 refund = _restOf(record, post);
        _owe(record.consumer, refund);
        emit StationDeclined(sheet, station, msg.sender, refund);
    }

    /// @inheritdoc IBookings
    function expire(bytes32 sheet) external {
        Sheet memory record = _known(sheet);
        if (block.timestamp <= record.deadline) {
            revert DeadlineNotPassed(sheet, record.deadline, uint64(block.timestamp));
        }
        if (record.expired) revert NothingToExpire(sheet);
        uint32 unreported = 0;
        uint256 refund = 0;
        for (uint256 i = 0; i < record.stations; ++i) {
            Post post = _posts[sheet][i];
            if (post.closedAt() != 0) continue;
            unreported |= uint32(1 << i);
            refund += _restOf(record, post);
        }
        if (unreported == 0) revert NothingToExpire(sheet);
        _sheets[sheet].expired = true;
        _owe(record.consumer, refund);
        emit SheetExpired(sheet, unreported, refund);
    }

    /// @dev Makes a sheet on these offers, for the caller. Everything that is booked is booked through here.
    function _open(bytes32[] memory offers, bytes32 root, uint16 count, uint64 deadline, uint256 maxCost)
        private
        returns (bytes32 sheet, uint256 cost)
    {
        if (!_profiles.isActive(msg.sender)) revert NotActive(msg.sender);
        // Nothing else asks: a pause stops no report, settlement, refund or withdrawal.
        if (_supervision.isPaused()) revert BookingsPaused(_supervision.pausedUntil());
        if (root == 0) revert RootMissing();
        if (count == 0 || count > COUNT_LIMIT) revert CountOutOfBounds(count);
        sheet = keccak256(abi.encode(block.chainid, address(this), msg.sender, root));
        if (_sheets[sheet].count != 0) revert SheetExists(sheet);
        cost = _quote(sheet, offers, count, deadline);
        if (cost > maxCost) revert CostExceeded(cost, maxCost);
        _sheets[sheet] = Sheet({
            consumer: msg.sender,
            deadline: uint40(deadline),
            count: count,
            stations: uint8(offers.length),
            expired: false
        });
    }

    /// @dev Prices a sheet, freezes the price of every station, and checks that every offer is live and can hold it.
    function _quote(bytes32 sheet, bytes32[] memory offers, uint16 count, uint64 deadline) private returns (uint256) {
        uint256 price = 0;
        uint64 longest = 0;
        for (uint256 i = 0; i < offers.length; ++i) {
            Quote memory quote = _offers.quoteOf(offers[i]);
            if (!quote.live) revert OfferNotLive(offers[i]);
            if (count > quote.capacity) revert CapacityExceeded(offers[i], quote.capacity, count);
            _posts[sheet][i] = Posts.booked(quote.price, _numberOf(quote.member));
            price += quote.price;
            if (quote.deadlineSeconds > longest) longest = quote.deadlineSeconds;
        }
        uint64 earliest = uint64(block.timestamp) + longest;
        uint64 latest = uint64(block.timestamp) + DEADLINE_LIMIT;
        if (deadline < earliest || deadline > latest) revert DeadlineOutOfBounds(deadline, earliest, latest);
        return price * count;
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
    function _settle(bytes32 sheet, Sheet memory record, uint32 stations, bool accepted) private {
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
        _owe(record.consumer, refund);
    }

    function _settleOne(bytes32 sheet, uint8 station, Sheet memory record, Post post)
        private
        returns (uint256 refund)
    {
        _posts[sheet][station] = post.settled();
        address member = _members[post.member()];
        uint256 paid = post.price() * (post.done() - post.disputed());
        refund = post.price() * (post.covered().cases(record.count) - post.done());
        _owe(member, paid);
        emit StationSettled(sheet, station, member, msg.sender, paid, refund);
    }

    /// @dev A station of the caller, which can still report.
    function _ownPost(bytes32 sheet, uint8 station, Sheet memory record) private view returns (Post post) {
        post = _at(sheet, station, record);
        address member = _members[post.member()];
        if (msg.sender != member) revert NotStationMember(sheet, station, member, msg.sender);
        if (post.closedAt() != 0) revert StationClosed(sheet, station);
        uint64 time = uint64(block.timestamp);
        if (time > record.deadline) revert DeadlinePassed(sheet, record.deadline, time);
    }

    /// @dev The price of what a station has not reported.
    function _restOf(Sheet memory record, Post post) private pure returns (uint256) {
        return post.price() * (record.count - post.covered().cases(record.count));
    }
}
