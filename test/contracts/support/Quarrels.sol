// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Statuses} from "../../../contracts/libraries/Statuses.sol";
import {Station} from "../../../contracts/types/Sheet.sol";
import {Consortium} from "./Consortium.sol";

/// @title What members do when they do not agree, and the model of it
abstract contract Quarrels is Consortium {
    using Statuses for uint256;

    mapping(bytes32 dispute => mapping(uint256 member => bytes32 decision)) private _decisions;

    /// @notice The consumer disputes some of the cases that are done; nobody else can.
    function dispute(uint256 anySheet, uint256 anyStation, uint256 seed, uint8 rarity) external {
        (bytes32 sheet, uint8 station) = _any(anySheet, anyStation);
        if (sheet == 0) return;
        Station storage post = _stations[sheet][station];
        Words memory list = _marked(sheet, station, _maskOf(seed, rarity), Statuses.DONE);
        uint256 finalAt = _finalAt(sheet, station);
        bool inTime = finalAt == 0 || time <= finalAt + WINDOW;
        bool allowed = list.slots.length > 0 && !post.settled && inTime;
        bytes memory call =
            abi.encodeCall(bookings.dispute, (sheet, station, list.slots, list.words, bytes32(seed | 1)));
        address consumer = _booked[sheet].consumer;
        _try(consumer == member(0) ? member(1) : member(0), call, false, "a dispute by somebody else");
        if (!_try(consumer, call, allowed, "a late or empty dispute")) return;
        post.disputed += _add(sheet, station, list, Statuses.DISPUTED);
    }

    /// @notice The consumer disputes a case that it may not: not done, not covered, or not there.
    function misdispute(uint256 anySheet, uint256 anyStation, uint256 anyCase) external {
        (bytes32 sheet, uint8 station) = _any(anySheet, anyStation);
        if (sheet == 0) return;
        uint256 place = anyCase % 1088;
        bool there = place < _booked[sheet].count;
        bool covered = (_stations[sheet][station].covered >> (place / 64)) & 1 == 1;
        if (there && covered && _words[sheet][station][place / 64].statusAt(place % 64) == Statuses.DONE) return;
        Words memory list = _one(place, 1);
        bytes memory call =
            abi.encodeCall(bookings.dispute, (sheet, station, list.slots, list.words, bytes32(uint256(1))));
        _try(_booked[sheet].consumer, call, false, "a dispute of what is not done");
    }

    /// @notice Anybody decides a dispute, in one of three ways; supervisors that are no party can.
    function resolve(uint256 anySheet, uint256 anyStation, uint256 anyMember, uint256 choice) external {
        (bytes32 sheet, uint8 station) = _anyDisputed(anySheet, anyStation);
        if (sheet == 0) return;
        uint256 judge = anyMember % (MEMBERS + 1);
        uint256 mask = choice % 3 == 0 ? 0 : choice % 3 == 1 ? _maskOf(1, 1) : type(uint256).max;
        Words memory list = _marked(sheet, station, mask, Statuses.DISPUTED);
        Station storage post = _stations[sheet][station];
        bool allowed = post.settled && post.disputed > 0 && _isImpartial(sheet, judge);
        bytes memory call = abi.encodeCall(bookings.resolve, (sheet, station, list.slots, list.words));
        if (!_try(member(judge), call, allowed, "a decision")) return;
        bytes32 decision = keccak256(abi.encode(list.slots, list.words));
        if (!_agreed(keccak256(abi.encode(sheet, station)), judge, decision)) return;
        uint16 upheld = _add(sheet, station, list, Statuses.UPHELD ^ Statuses.DISPUTED);
        _release(_booked[sheet].consumer, uint256(post.price) * upheld);
        _release(post.member, uint256(post.price) * (post.disputed - upheld));
        (post.done, post.disputed) = (post.done - upheld, 0);
    }

    /// @notice Two supervisors decide alike, if they may.
    function agree(uint256 anySheet, uint256 anyStation, uint256 choice) external {
        this.resolve(anySheet, anyStation, PRODUCERS, choice);
        this.resolve(anySheet, anyStation, PRODUCERS + 1, choice);
    }

    /// @notice Somebody ends a dispute that nobody decides.
    function lapse(uint256 anySheet, uint256 anyStation, uint256 anyMember) external {
        (bytes32 sheet, uint8 station) = _anyDisputed(anySheet, anyStation);
        if (sheet == 0) return;
        Station storage post = _stations[sheet][station];
        bool silent = time > _finalAt(sheet, station) + WINDOW + DECISION_LIMIT;
        bool allowed = post.settled && post.disputed > 0 && silent;
        bytes memory call = abi.encodeCall(bookings.lapse, (sheet, station));
        if (!_try(member(anyMember % (MEMBERS + 1)), call, allowed, "the end of a dispute")) return;
        _release(post.member, uint256(post.price) * post.disputed);
        post.disputed = 0;
    }

    /// @dev A station with cases in dispute, if there is one among some that are looked at; else any.
    function _anyDisputed(uint256 anySheet, uint256 anyStation) private returns (bytes32 sheet, uint8 station) {
        for (uint256 i = 0; i < sheets.length; ++i) {
            (sheet, station) = _any(anySheet % sheets.length + i, anyStation % 2);
            if (_stations[sheet][station].disputed > 0) return (sheet, station);
        }
        return _any(anySheet, anyStation);
    }

    /// @dev Whether another supervisor's latest decision is the same.
    function _agreed(bytes32 id, uint256 judge, bytes32 decision) private returns (bool agreed) {
        _decisions[id][judge] = decision;
        for (uint256 i = 0; i < MEMBERS; ++i) {
            if (i != judge && _decisions[id][i] == decision) agreed = true;
        }
    }

    /// @dev Marks the cases that have a status, of those in a mask for each slot.
    function _marked(bytes32 sheet, uint256 station, uint256 mask, uint8 status)
        private
        view
        returns (Words memory list)
    {
        for (uint256 slot = 0; slot < 16; ++slot) {
            _push(list, slot, _markedIn(sheet, station, slot, mask, status));
        }
    }

    /// @dev All cases of a slot, or some.
    function _maskOf(uint256 seed, uint8 rarity) private pure returns (uint256) {
        return rarity % 4 == 0 ? type(uint256).max : _random(seed, 0) & _random(seed, 1);
    }

    function _markedIn(bytes32 sheet, uint256 station, uint256 slot, uint256 mask, uint8 status)
        private
        view
        returns (uint256 word)
    {
        if ((_stations[sheet][station].covered >> slot) & 1 == 0) return 0;
        uint256 statuses = _words[sheet][station][slot];
        uint256 count = _booked[sheet].count;
        for (uint256 place = 0; place < 64 && slot * 64 + place < count; ++place) {
            if (statuses.statusAt(place) == status && (mask >> place) & 1 == 1) word = word.set(place, 1);
        }
    }

    /// @dev Adds a number to the status of every marked case, and counts these.
    function _add(bytes32 sheet, uint256 station, Words memory list, uint8 number) private returns (uint16 cases) {
        for (uint256 i = 0; i < list.slots.length; ++i) {
            uint256 word = _words[sheet][station][list.slots[i]];
            for (uint256 place = 0; place < 64; ++place) {
                if (list.words[i].statusAt(place) != 1) continue;
                word = word.set(place, word.statusAt(place) + number);
                ++cases;
            }
            _words[sheet][station][list.slots[i]] = word;
        }
    }

    function _isImpartial(bytes32 sheet, uint256 judge) private view returns (bool) {
        if (!isSupervisor(judge) || _booked[sheet].consumer == member(judge)) return false;
        for (uint256 i = 0; i < _booked[sheet].stations; ++i) {
            if (_stations[sheet][i].member == member(judge)) return false;
        }
        return true;
    }
}
