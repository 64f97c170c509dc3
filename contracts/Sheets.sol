// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Escrow} from "./Escrow.sol";
import {ISheets} from "./interfaces/ISheets.sol";
import {Slots} from "./libraries/Slots.sol";
import {Statuses} from "./libraries/Statuses.sol";
import {Booking} from "./types/Booking.sol";
import {Post} from "./types/Post.sol";
import {Sheet, Station} from "./types/Sheet.sol";

/// @title Sheets: what is kept of them, and how it is read
/// @notice See ISheets. A station is one word, which is written when it is booked, reported and settled.
abstract contract Sheets is ISheets, Escrow {
    using Slots for uint16;
    using Statuses for uint256;

    /// @dev What is never accepted is settled within this time.
    uint64 private constant WINDOW_LIMIT = 30 days;

    /// @inheritdoc ISheets
    uint64 public immutable acceptanceWindow;

    mapping(bytes32 sheet => Booking) internal _bookings;
    mapping(bytes32 sheet => mapping(uint256 station => Post)) internal _posts;
    /// @dev The statuses of a sheet's exceptions; the key is the station's number and the slot (see _key).
    mapping(bytes32 sheet => mapping(uint256 key => uint256 word)) internal _exceptions;

    /// @dev Members that ever had a station in a sheet are numbered from 1, so that a station fits into one word.
    mapping(address member => uint32 number) internal _numbers;
    mapping(uint256 number => address member) internal _members;
    uint32 private _lastNumber;

    /// @notice Deploys a book without sheets.
    /// @param token The currency: an ERC-20 that moves what it is told to.
    /// @param window The seconds that a consumer has to look at a report, at most 30 days.
    constructor(IERC20 token, uint64 window) Escrow(token) {
        if (window > WINDOW_LIMIT) revert WindowOutOfBounds(window);
        acceptanceWindow = window;
    }

    /// @inheritdoc ISheets
    function statusOf(bytes32 sheet, uint8 station, uint16 caseIndex) external view returns (uint8) {
        Booking record = _known(sheet);
        Post post = _at(sheet, station, record);
        if (caseIndex >= record.count()) revert CaseUnknown(sheet, caseIndex, record.count());
        uint256 slot = caseIndex / Statuses.PER_WORD;
        if (!post.covered().has(slot)) {
            if (post.closedAt() != 0) return Statuses.DECLINED;
            return block.timestamp > record.deadline() ? Statuses.EXPIRED : Statuses.OPEN;
        }
        uint8 status = _exceptions[sheet][_key(station, slot)].statusAt(caseIndex % Statuses.PER_WORD);
        // The words are not written again when a dispute is dismissed.
        return status == Statuses.DISPUTED && post.disputed() == 0 ? Statuses.DONE : status;
    }

    /// @inheritdoc ISheets
    function sheetOf(bytes32 sheet) external view returns (Sheet memory) {
        return _known(sheet).sheet();
    }

    /// @inheritdoc ISheets
    function stationOf(bytes32 sheet, uint8 station) external view returns (Station memory) {
        Post post = _at(sheet, station, _known(sheet));
        return Station({
            member: _members[post.member()],
            price: uint128(post.price()),
            closedAt: post.closedAt(),
            covered: post.covered(),
            done: post.done(),
            disputed: post.disputed(),
            settled: post.isSettled()
        });
    }

    /// @dev The number of a member; it gets the next one when it has none.
    function _numberOf(address member) internal returns (uint32 number) {
        number = _numbers[member];
        if (number != 0) return number;
        number = ++_lastNumber;
        _numbers[member] = number;
        _members[number] = member;
    }

    function _known(bytes32 sheet) internal view returns (Booking record) {
        record = _bookings[sheet];
        if (record.count() == 0) revert SheetUnknown(sheet);
    }

    function _at(bytes32 sheet, uint8 station, Booking record) internal view returns (Post) {
        if (station >= record.stations()) revert StationUnknown(sheet, station, record.stations());
        return _posts[sheet][station];
    }

    /// @dev When the station's report became final, so that it can be settled; 0 while it is not, or there is none.
    function _finalAt(Booking record, Post post) internal view returns (uint64) {
        uint64 closedAt = post.closedAt();
        if (closedAt != 0) return closedAt;
        return post.covered() != 0 && block.timestamp > record.deadline() ? record.deadline() : 0;
    }

    function _requireConsumer(bytes32 sheet, Booking record) internal view {
        if (msg.sender != record.consumer()) revert NotConsumer(sheet, record.consumer(), msg.sender);
    }

    /// @dev The i-th slot of a list, and its word: in order, among those that are covered, and not empty.
    function _entry(uint16[] calldata slots, uint256[] calldata words, uint256 i, uint16 covered)
        internal
        pure
        returns (uint16 slot, uint256 word)
    {
        (slot, word) = (slots[i], words[i]);
        if (i > 0 && slot <= slots[i - 1]) revert SlotOutOfOrder(slots[i - 1], slot);
        if (!covered.has(slot)) revert SlotNotCovered(slot, covered);
        if (word == 0) revert WordEmpty(slot);
    }

    /// @dev Refuses a word of a slot that has a place beyond the sheet.
    function _requireWithin(bytes32 sheet, uint256 slot, uint256 word, uint16 count) internal pure {
        uint256 cases = count - slot * Statuses.PER_WORD;
        // Only the last word can have such places.
        if (cases >= Statuses.PER_WORD) return;
        uint256 beyond = word >> (4 * cases);
        if (beyond != 0) revert CaseUnknown(sheet, count + beyond.first(), count);
    }

    function _requireLengths(uint16[] calldata slots, uint256[] calldata words) internal pure {
        if (slots.length != words.length) revert LengthsDiffer(slots.length, words.length);
    }

    function _key(uint256 station, uint256 slot) internal pure returns (uint256) {
        return (station << 16) | slot;
    }
}
