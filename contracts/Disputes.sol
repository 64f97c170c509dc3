// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Sheets} from "./Sheets.sol";
import {IDisputes} from "./interfaces/IDisputes.sol";
import {IProfiles} from "./interfaces/IProfiles.sol";
import {Shares} from "./libraries/Shares.sol";
import {Slots} from "./libraries/Slots.sol";
import {Statuses} from "./libraries/Statuses.sol";
import {NotSupervisor} from "./types/Access.sol";
import {Booking} from "./types/Booking.sol";
import {Post} from "./types/Post.sol";

/// @title Disputes: single cases that a consumer does not accept
/// @notice See IDisputes. A disputed case has a status of its own, in the words of the station's report.
abstract contract Disputes is IDisputes, Sheets {
    using Slots for uint16;
    using Statuses for uint256;

    /// @dev After the acceptance window: a supervisor that disappears holds nothing for longer.
    uint64 private constant DECISION_LIMIT = 30 days;

    IProfiles internal immutable _profiles;

    /// @dev Of each dispute (see _disputeOf) the supervisors' latest decisions, and who decided so first.
    mapping(bytes32 dispute => mapping(address supervisor => bytes32 decision)) private _decisions;
    mapping(bytes32 dispute => mapping(bytes32 decision => address supervisor)) private _firsts;

    /// @notice Deploys a book without sheets.
    /// @param profiles Knows who is a supervisor.
    /// @param token The currency.
    /// @param window The acceptance window in seconds.
    constructor(IProfiles profiles, IERC20 token, uint64 window) Sheets(token, window) {
        _profiles = profiles;
    }

    /// @inheritdoc IDisputes
    function dispute(
        bytes32 sheet,
        uint8 station,
        uint16[] calldata slots,
        uint256[] calldata words,
        bytes32 evidence
    ) external {
        Booking record = _known(sheet);
        Post post = _at(sheet, station, record);
        _requireConsumer(sheet, record);
        if (slots.length == 0) revert NothingDisputed();
        if (evidence == 0) revert EvidenceMissing();
        _requireDisputable(sheet, station, record, post);
        _requireLengths(slots, words);
        uint16 disputed = 0;
        for (uint256 i = 0; i < slots.length; ++i) {
            (uint16 slot, uint256 word) = _entry(slots, words, i, post.covered());
            _requireWithin(sheet, slot, word, record.count());
            disputed += _dispute(_exceptions[sheet], station, slot, word);
        }
        _posts[sheet][station] = post.withDisputed(disputed);
        emit CasesDisputed(sheet, station, evidence, slots, words);
    }

    /// @inheritdoc IDisputes
    function resolve(bytes32 sheet, uint8 station, uint16[] calldata slots, uint256[] calldata words)
        external
        returns (bool effective)
    {
        Booking record = _known(sheet);
        Post post = _disputed(sheet, station, record);
        _requireImpartial(sheet, record);
        _requireLengths(slots, words);
        for (uint256 i = 0; i < slots.length; ++i) {
            (uint16 slot, uint256 word) = _entry(slots, words, i, post.covered());
            _requireDisputed(_exceptions[sheet], station, slot, word);
        }
        emit DecisionGiven(sheet, station, msg.sender, slots, words);
        address first = _decide(_disputeOf(sheet, station), keccak256(abi.encode(slots, words)));
        if (first == address(0)) return false;
        uint16 upheld = _uphold(_exceptions[sheet], station, slots, words);
        (uint256 refunded, uint256 paid) = Shares.decided(post.price(), post.disputed(), upheld);
        _posts[sheet][station] = post.resolved(upheld);
        _owe(record.consumer(), refunded);
        _owe(_members[post.member()], paid);
        emit DisputeResolved(sheet, station, first, msg.sender, paid, refunded);
        return true;
    }

    /// @inheritdoc IDisputes
    function lapse(bytes32 sheet, uint8 station) external {
        Booking record = _known(sheet);
        Post post = _disputed(sheet, station, record);
        uint64 end = _finalAt(record, post) + acceptanceWindow + DECISION_LIMIT;
        if (block.timestamp <= end) revert DisputeOpen(sheet, station, end, uint64(block.timestamp));
        uint256 paid = Shares.whole(post.price(), post.disputed());
        _posts[sheet][station] = post.resolved(0);
        _owe(_members[post.member()], paid);
        emit DisputeLapsed(sheet, station, paid);
    }

    /// @dev Writes the disputed cases of one word, and counts them.
    function _dispute(mapping(uint256 key => uint256 word) storage exceptions, uint8 station, uint16 slot, uint256 word)
        private
        returns (uint16)
    {
        if (word.marks() != word) revert WordInvalid(slot, word);
        uint256 statuses = exceptions[_key(station, slot)];
        uint256 notDone = word & statuses.marks();
        if (notDone != 0) {
            uint256 place = notDone.first();
            revert CaseNotDone(slot * Statuses.PER_WORD + place, statuses.statusAt(place));
        }
        exceptions[_key(station, slot)] = statuses | (word * Statuses.DISPUTED);
        return uint16(word.exceptions());
    }

    /// @dev Notes the caller's decision; gives the other supervisor that has decided the same, if there is one.
    function _decide(bytes32 id, bytes32 decision) private returns (address first) {
        _decisions[id][msg.sender] = decision;
        first = _firsts[id][decision];
        bool counts = first != address(0) && first != msg.sender && _decisions[id][first] == decision;
        if (counts && _profiles.isSupervisor(first)) return first;
        _firsts[id][decision] = msg.sender;
        return address(0);
    }

    /// @dev Writes what was decided for the consumer, and counts it.
    function _uphold(
        mapping(uint256 key => uint256 word) storage exceptions,
        uint8 station,
        uint16[] calldata slots,
        uint256[] calldata words
    ) private returns (uint16 upheld) {
        for (uint256 i = 0; i < slots.length; ++i) {
            // 1 is what an upheld dispute has more than an open one.
            exceptions[_key(station, slots[i])] |= words[i] * (Statuses.UPHELD ^ Statuses.DISPUTED);
            upheld += uint16(words[i].exceptions());
        }
    }

    /// @dev The consumer can still look at what the station reported.
    function _requireDisputable(bytes32 sheet, uint8 station, Booking record, Post post) private view {
        if (post.isSettled()) revert StationSettledBefore(sheet, station);
        uint64 finalAt = _finalAt(record, post);
        uint64 end = finalAt + acceptanceWindow;
        if (finalAt != 0 && block.timestamp > end) revert WindowOver(sheet, station, end, uint64(block.timestamp));
    }

    /// @dev A station with cases in dispute, all others of which are settled.
    function _disputed(bytes32 sheet, uint8 station, Booking record) private view returns (Post post) {
        post = _at(sheet, station, record);
        if (post.disputed() == 0) revert NoDispute(sheet, station);
        if (!post.isSettled()) revert StationUnsettled(sheet, station);
    }

    /// @dev The caller is a supervisor, and no party to the booking.
    function _requireImpartial(bytes32 sheet, Booking record) private view {
        if (!_profiles.isSupervisor(msg.sender)) revert NotSupervisor(msg.sender);
        bool party = msg.sender == record.consumer();
        uint32 number = _numbers[msg.sender];
        // Who has no number has no station anywhere.
        for (uint256 i = 0; number != 0 && i < record.stations(); ++i) {
            if (_posts[sheet][i].member() == number) party = true;
        }
        if (party) revert SupervisorIsParty(sheet, msg.sender);
    }

    /// @dev Every case that a word marks is in dispute.
    function _requireDisputed(
        mapping(uint256 key => uint256 word) storage exceptions,
        uint8 station,
        uint16 slot,
        uint256 word
    ) private view {
        if (word.marks() != word) revert WordInvalid(slot, word);
        uint256 statuses = exceptions[_key(station, slot)];
        uint256 others = word & ~statuses.having(Statuses.DISPUTED);
        if (others == 0) return;
        uint256 place = others.first();
        revert CaseNotDisputed(slot * Statuses.PER_WORD + place, statuses.statusAt(place));
    }

    function _disputeOf(bytes32 sheet, uint8 station) private pure returns (bytes32) {
        return keccak256(abi.encode(sheet, station));
    }
}
