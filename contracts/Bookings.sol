// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IBelts} from "./interfaces/IBelts.sol";
import {IBookings} from "./interfaces/IBookings.sol";
import {IOffers} from "./interfaces/IOffers.sol";
import {IProfiles} from "./interfaces/IProfiles.sol";
import {Statuses} from "./libraries/Statuses.sol";
import {NotActive} from "./types/Access.sol";
import {Quote} from "./types/Offer.sol";
import {Sheet} from "./types/Sheet.sol";

/// @title Bookings: sheets, reports and expiry
/// @notice See IBookings.
contract Bookings is IBookings {
    using Statuses for uint256;

    uint16 private constant COUNT_LIMIT = 1024;
    /// @dev Twice the longest deadline of an offer: no sheet stays open for ever.
    uint64 private constant DEADLINE_LIMIT = 732 days;

    IProfiles private immutable _profiles;
    IOffers private immutable _offers;
    IBelts private immutable _belts;

    mapping(bytes32 sheet => Sheet) private _sheets;
    /// @dev The statuses of a sheet's exceptions; the key is the station's number and the slot (see _key).
    mapping(bytes32 sheet => mapping(uint256 key => uint256 word)) private _exceptions;

    /// @notice Deploys a book without sheets.
    /// @param profiles Knows who may book.
    /// @param offers Knows prices, deadlines and members.
    /// @param belts Knows the offers of a belt.
    constructor(IProfiles profiles, IOffers offers, IBelts belts) {
        _profiles = profiles;
        _offers = offers;
        _belts = belts;
    }

    /// @inheritdoc IBookings
    function book(bytes32 belt, bytes32 root, uint16 count, uint64 deadline, uint256 maxCost)
        external
        returns (bytes32 sheet)
    {
        if (!_profiles.isActive(msg.sender)) revert NotActive(msg.sender);
        if (root == 0) revert RootMissing();
        if (count == 0 || count > COUNT_LIMIT) revert CountOutOfBounds(count);
        sheet = keccak256(abi.encode(block.chainid, address(this), msg.sender, root));
        if (_sheets[sheet].count != 0) revert SheetExists(sheet);
        bytes32[] memory offers = _belts.offersOf(belt);
        if (offers.length == 0) revert BeltUnknown(belt);
        uint256 cost = _quote(offers, count, deadline);
        if (cost > maxCost) revert CostExceeded(cost, maxCost);
        _sheets[sheet] = Sheet({
            consumer: msg.sender,
            deadline: deadline,
            stations: uint8(offers.length),
            belt: belt,
            // 1,024 cases at 32 stations of 2^128 - 1 each are below 2^143.
            cost: uint176(cost),
            reported: 0,
            count: count,
            expired: false
        });
        emit SheetBooked(sheet, belt, msg.sender, root, count, deadline, cost);
    }

    /// @inheritdoc IBookings
    function report(bytes32 sheet, uint8 station, uint16[] calldata slots, uint256[] calldata words) external {
        Sheet storage record = _known(sheet);
        uint8 stations = record.stations;
        if (station >= stations) revert StationUnknown(sheet, station, stations);
        address member = _offers.memberOf(_belts.offerAt(record.belt, station));
        if (msg.sender != member) revert NotStationMember(sheet, station, member, msg.sender);
        uint32 reported = record.reported;
        uint32 bit = uint32(1) << station;
        if (reported & bit != 0) revert StationReported(sheet, station);
        uint64 deadline = record.deadline;
        if (block.timestamp > deadline) revert DeadlinePassed(sheet, deadline, uint64(block.timestamp));
        record.reported = reported | bit;
        _write(sheet, station, record.count, slots, words);
        emit SheetReported(sheet, station, msg.sender, slots, words);
    }

    /// @inheritdoc IBookings
    function expire(bytes32 sheet) external {
        Sheet storage record = _known(sheet);
        uint64 deadline = record.deadline;
        if (block.timestamp <= deadline) revert DeadlineNotPassed(sheet, deadline, uint64(block.timestamp));
        uint32 all = uint32((uint256(1) << record.stations) - 1);
        uint32 unreported = all & ~record.reported;
        if (unreported == 0 || record.expired) revert NothingToExpire(sheet);
        record.expired = true;
        emit SheetExpired(sheet, unreported);
    }

    /// @inheritdoc IBookings
    function statusOf(bytes32 sheet, uint8 station, uint16 caseIndex) external view returns (uint8) {
        Sheet storage record = _known(sheet);
        if (station >= record.stations) revert StationUnknown(sheet, station, record.stations);
        if (caseIndex >= record.count) revert CaseUnknown(sheet, caseIndex, record.count);
        if (record.reported & (uint32(1) << station) == 0) {
            return block.timestamp > record.deadline ? Statuses.EXPIRED : Statuses.OPEN;
        }
        uint256 word = _exceptions[sheet][_key(station, caseIndex / Statuses.PER_WORD)];
        return word.statusAt(caseIndex % Statuses.PER_WORD);
    }

    /// @inheritdoc IBookings
    function sheetOf(bytes32 sheet) external view returns (Sheet memory) {
        return _known(sheet);
    }

    /// @dev Prices a sheet, and checks that every offer is live and can hold it.
    function _quote(bytes32[] memory offers, uint16 count, uint64 deadline) private view returns (uint256) {
        uint256 price = 0;
        uint64 longest = 0;
        for (uint256 i = 0; i < offers.length; ++i) {
            Quote memory quote = _offers.quoteOf(offers[i]);
            if (!quote.live) revert OfferNotLive(offers[i]);
            if (count > quote.capacity) revert CapacityExceeded(offers[i], quote.capacity, count);
            price += quote.price;
            if (quote.deadlineSeconds > longest) longest = quote.deadlineSeconds;
        }
        uint64 earliest = uint64(block.timestamp) + longest;
        uint64 latest = uint64(block.timestamp) + DEADLINE_LIMIT;
        if (deadline < earliest || deadline > latest) revert DeadlineOutOfBounds(deadline, earliest, latest);
        return price * count;
    }

    /// @dev Checks the words of a report, and writes them.
    function _write(
        bytes32 sheet,
        uint8 station,
        uint16 count,
        uint16[] calldata slots,
        uint256[] calldata words
    ) private {
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

    function _known(bytes32 sheet) private view returns (Sheet storage record) {
        record = _sheets[sheet];
        if (record.count == 0) revert SheetUnknown(sheet);
    }

    function _key(uint256 station, uint256 slot) private pure returns (uint256) {
        return (station << 16) | slot;
    }
}
