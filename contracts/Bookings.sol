// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Escrow} from "./Escrow.sol";
import {IBelts} from "./interfaces/IBelts.sol";
import {IBookings} from "./interfaces/IBookings.sol";
import {IOffers} from "./interfaces/IOffers.sol";
import {IProfiles} from "./interfaces/IProfiles.sol";
import {ISupervision} from "./interfaces/ISupervision.sol";
import {Statuses} from "./libraries/Statuses.sol";
import {NotActive} from "./types/Access.sol";
import {Quote} from "./types/Offer.sol";
import {Sheet, Station} from "./types/Sheet.sol";

/// @title Bookings: sheets, reports, settlement and expiry
/// @notice See IBookings.
contract Bookings is IBookings, Escrow {
    using Statuses for uint256;

    uint16 private constant COUNT_LIMIT = 1024;
    /// @dev Twice the longest deadline of an offer: no sheet stays open for ever.
    uint64 private constant DEADLINE_LIMIT = 732 days;

    /// @dev What is never accepted is settled within this time.
    uint64 private constant WINDOW_LIMIT = 30 days;

    /// @inheritdoc IBookings
    uint64 public immutable acceptanceWindow;

    IProfiles private immutable _profiles;
    IOffers private immutable _offers;
    IBelts private immutable _belts;
    ISupervision private immutable _supervision;

    mapping(bytes32 sheet => Sheet) private _sheets;
    mapping(bytes32 sheet => mapping(uint256 station => Station)) private _stations;
    /// @dev The statuses of a sheet's exceptions; the key is the station's number and the slot (see _key).
    mapping(bytes32 sheet => mapping(uint256 key => uint256 word)) private _exceptions;

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
    ) Escrow(token) {
        if (window > WINDOW_LIMIT) revert WindowOutOfBounds(window);
        acceptanceWindow = window;
        _profiles = profiles;
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
        if (!_profiles.isActive(msg.sender)) revert NotActive(msg.sender);
        // Nothing else asks: a pause stops no report, settlement, refund or withdrawal.
        if (_supervision.isPaused()) revert BookingsPaused(_supervision.pausedUntil());
        if (root == 0) revert RootMissing();
        if (count == 0 || count > COUNT_LIMIT) revert CountOutOfBounds(count);
        sheet = keccak256(abi.encode(block.chainid, address(this), msg.sender, root));
        if (_sheets[sheet].count != 0) revert SheetExists(sheet);
        bytes32[] memory offers = _belts.offersOf(belt);
        if (offers.length == 0) revert BeltUnknown(belt);
        uint256 cost = _quote(sheet, offers, count, deadline);
        if (cost > maxCost) revert CostExceeded(cost, maxCost);
        _sheets[sheet] = Sheet({
            consumer: msg.sender,
            deadline: deadline,
            count: count,
            stations: uint8(offers.length),
            expired: false,
            belt: belt
        });
        emit SheetBooked(sheet, belt, msg.sender, root, count, deadline, cost);
        _deposit(msg.sender, cost);
    }

    /// @inheritdoc IBookings
    function report(bytes32 sheet, uint8 station, uint16[] calldata slots, uint256[] calldata words) external {
        (Sheet memory record, Station storage post) = _at(sheet, station);
        address member = _memberOf(record.belt, station);
        if (msg.sender != member) revert NotStationMember(sheet, station, member, msg.sender);
        if (post.reportedAt != 0) revert StationReported(sheet, station);
        uint64 time = uint64(block.timestamp);
        if (time > record.deadline) revert DeadlinePassed(sheet, record.deadline, time);
        post.reportedAt = time;
        post.done = record.count - _write(sheet, station, record.count, slots, words);
        emit SheetReported(sheet, station, msg.sender, slots, words);
    }

    /// @inheritdoc IBookings
    function accept(bytes32 sheet, uint8 station) external {
        (Sheet memory record, Station storage post) = _at(sheet, station);
        if (msg.sender != record.consumer) revert NotConsumer(sheet, record.consumer, msg.sender);
        _settle(sheet, station, record, post);
    }

    /// @inheritdoc IBookings
    function settle(bytes32 sheet, uint8 station) external {
        (Sheet memory record, Station storage post) = _at(sheet, station);
        uint64 end = post.reportedAt + acceptanceWindow;
        if (post.reportedAt != 0 && !post.settled && block.timestamp <= end) {
            revert WindowOpen(sheet, station, end, uint64(block.timestamp));
        }
        _settle(sheet, station, record, post);
    }

    /// @inheritdoc IBookings
    function expire(bytes32 sheet) external {
        Sheet storage record = _known(sheet);
        uint64 deadline = record.deadline;
        if (block.timestamp <= deadline) revert DeadlineNotPassed(sheet, deadline, uint64(block.timestamp));
        if (record.expired) revert NothingToExpire(sheet);
        uint256 stations = record.stations;
        uint32 unreported = 0;
        uint256 refund = 0;
        for (uint256 i = 0; i < stations; ++i) {
            Station storage post = _stations[sheet][i];
            if (post.reportedAt != 0) continue;
            unreported |= uint32(1 << i);
            refund += post.price;
        }
        if (unreported == 0) revert NothingToExpire(sheet);
        refund *= record.count;
        record.expired = true;
        _owe(record.consumer, refund);
        emit SheetExpired(sheet, unreported, refund);
    }

    /// @inheritdoc IBookings
    function statusOf(bytes32 sheet, uint8 station, uint16 caseIndex) external view returns (uint8) {
        (Sheet memory record, Station storage post) = _at(sheet, station);
        if (caseIndex >= record.count) revert CaseUnknown(sheet, caseIndex, record.count);
        if (post.reportedAt == 0) return block.timestamp > record.deadline ? Statuses.EXPIRED : Statuses.OPEN;
        uint256 word = _exceptions[sheet][_key(station, caseIndex / Statuses.PER_WORD)];
        return word.statusAt(caseIndex % Statuses.PER_WORD);
    }

    /// @inheritdoc IBookings
    function sheetOf(bytes32 sheet) external view returns (Sheet memory) {
        return _known(sheet);
    }

    /// @inheritdoc IBookings
    function stationOf(bytes32 sheet, uint8 station) external view returns (Station memory post) {
        (, post) = _at(sheet, station);
    }

    /// @dev Pays by count, and refunds the rest. A dispute of single cases is to come between report and settlement.
    function _settle(bytes32 sheet, uint8 station, Sheet memory record, Station storage post) private {
        Station memory known = post;
        if (known.reportedAt == 0) revert StationUnreported(sheet, station);
        if (known.settled) revert StationSettledBefore(sheet, station);
        post.settled = true;
        address member = _memberOf(record.belt, station);
        uint256 paid = uint256(known.price) * known.done;
        uint256 refund = uint256(known.price) * (record.count - known.done);
        _owe(member, paid);
        _owe(record.consumer, refund);
        emit StationSettled(sheet, station, member, msg.sender, paid, refund);
    }

    /// @dev Prices a sheet, freezes the price of every station, and checks that every offer is live and can hold it.
    function _quote(bytes32 sheet, bytes32[] memory offers, uint16 count, uint64 deadline) private returns (uint256) {
        uint256 price = 0;
        uint64 longest = 0;
        for (uint256 i = 0; i < offers.length; ++i) {
            Quote memory quote = _offers.quoteOf(offers[i]);
            if (!quote.live) revert OfferNotLive(offers[i]);
            if (count > quote.capacity) revert CapacityExceeded(offers[i], quote.capacity, count);
            _stations[sheet][i].price = quote.price;
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
        uint16 count,
        uint16[] calldata slots,
        uint256[] calldata words
    ) private returns (uint16 notDone) {
        if (slots.length != words.length) revert LengthsDiffer(slots.length, words.length);
        uint256 bound = Statuses.wordsFor(count);
        for (uint256 i = 0; i < slots.length; ++i) {
            uint16 slot = slots[i];
            uint256 word = words[i];
            if (i > 0 && slot <= slots[i - 1]) revert SlotOutOfOrder(slots[i - 1], slot);
            if (slot >= bound) revert SlotOutOfBounds(slot, bound);
            if (word == 0) revert WordEmpty(slot);
            _check(sheet, word, slot * Statuses.PER_WORD, count);
            _exceptions[sheet][_key(station, slot)] = word;
            notDone += uint16(word.exceptions());
        }
    }

    /// @dev Checks the statuses of one word, whose first case is `start`.
    function _check(bytes32 sheet, uint256 word, uint256 start, uint16 count) private pure {
        uint256 refused = word.refused();
        if (refused != 0) {
            uint256 place = refused.first();
            revert StatusRefused(start + place, word.statusAt(place));
        }
        uint256 cases = count - start;
        // Only the last word can have places beyond the sheet.
        if (cases >= Statuses.PER_WORD) return;
        uint256 beyond = word >> (4 * cases);
        if (beyond != 0) revert CaseUnknown(sheet, count + beyond.first(), count);
    }

    /// @dev A sheet and one of its stations.
    function _at(bytes32 sheet, uint8 station) private view returns (Sheet memory record, Station storage post) {
        record = _known(sheet);
        if (station >= record.stations) revert StationUnknown(sheet, station, record.stations);
        post = _stations[sheet][station];
    }

    function _memberOf(bytes32 belt, uint8 station) private view returns (address) {
        return _offers.memberOf(_belts.offerAt(belt, station));
    }

    function _known(bytes32 sheet) private view returns (Sheet storage record) {
        record = _sheets[sheet];
        if (record.count == 0) revert SheetUnknown(sheet);
    }

    function _key(uint256 station, uint256 slot) private pure returns (uint256) {
        return (station << 16) | slot;
    }
}
