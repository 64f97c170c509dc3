// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Access} from "../../../contracts/Access.sol";
import {Belts} from "../../../contracts/Belts.sol";
import {Bookings} from "../../../contracts/Bookings.sol";
import {Credit} from "../../../contracts/Credit.sol";
import {Offers} from "../../../contracts/Offers.sol";
import {Profiles} from "../../../contracts/Profiles.sol";
import {Receipts} from "../../../contracts/Receipts.sol";
import {Supervision} from "../../../contracts/Supervision.sol";
import {Statuses} from "../../../contracts/libraries/Statuses.sol";
import {Sheet, Station} from "../../../contracts/types/Sheet.sol";
import {Checks} from "./Checks.sol";

/// @title A consortium that does what it likes
/// @notice Its functions are called in any order with any numbers. It keeps a plain model of what the ledger must
/// say, and every call that the rules forbid must be refused: an unexpected answer reverts.
contract Consortium is Checks {
    using Statuses for uint256;

    uint256 public constant MEMBERS = 3;
    uint256 public constant BELTS = 3;
    uint256 public constant MINTED = 1_000_000;
    uint64 public constant WINDOW = 100;

    Profiles public immutable profiles;
    Offers public immutable offerList;
    Belts public immutable belts;
    Credit public immutable credit;
    Bookings public immutable bookings;
    Receipts public immutable receipts;

    /// @dev The clock of the model; the block's time follows it in every call.
    uint256 public time = 1_800_000_000;
    bytes32[] public sheets;

    mapping(bytes32 sheet => Sheet) private _booked;
    mapping(bytes32 sheet => mapping(uint256 station => Station)) private _stations;
    mapping(bytes32 sheet => bytes32 root) private _roots;
    /// @dev The money of the model: what is not settled yet, what is owed to whom, and what everybody holds.
    uint256 public held;
    mapping(address account => uint256) public owed;
    mapping(address account => uint256) public purse;
    mapping(bytes32 sheet => mapping(uint256 station => mapping(uint256 slot => uint256))) private _words;
    mapping(address member => uint64) public logSize;
    mapping(address member => bytes32) public logRoot;

    error NotRefused(string what);

    constructor() {
        CHEATS.warp(time);
        address access = address(new Access(address(this)));
        profiles = new Profiles(access);
        offerList = new Offers(profiles);
        belts = new Belts(profiles, offerList);
        Supervision supervision = new Supervision(access, profiles);
        // This contract's seventh deployment is the bookings.
        credit = new Credit(access, profiles, _created(address(this), 7));
        bookings = new Bookings(profiles, offerList, belts, supervision, credit, WINDOW);
        require(credit.escrow() == address(bookings), "another escrow");
        receipts = new Receipts(profiles);
        string[MEMBERS] memory names = ["bank", "bureau", "insurer"];
        bytes32[] memory offers = new bytes32[](MEMBERS);
        for (uint256 i = 0; i < MEMBERS; ++i) {
            profiles.admit(member(i), names[i], 1);
            purse[member(i)] = MINTED;
            credit.mint(member(i), MINTED);
            CHEATS.prank(member(i));
            credit.approve(address(bookings), type(uint256).max);
            CHEATS.prank(member(i));
            offers[i] = offerList.publish(bytes32(i + 1), 1, uint128(i + 1), 60, 1024, type(uint64).max);
        }
        for (uint256 i = 0; i < BELTS; ++i) {
            bytes32[] memory stations = new bytes32[](stationsOf(i));
            for (uint256 station = 0; station < stations.length; ++station) {
                stations[station] = offers[station % MEMBERS];
            }
            CHEATS.prank(member(0));
            belts.publish(beltOf(i), 0, stations);
        }
    }

    function member(uint256 index) public pure returns (address) {
        return address(uint160(0xbe17 + index));
    }

    function beltOf(uint256 index) public pure returns (bytes32) {
        return bytes32(index + 1);
    }

    /// @dev 1, 4 and 32 stations.
    function stationsOf(uint256 index) public pure returns (uint256) {
        return index == 0 ? 1 : index == 1 ? 4 : 32;
    }

    function sheetCount() external view returns (uint256) {
        return sheets.length;
    }

    function stationOf(bytes32 sheet, uint256 station) external view returns (Station memory) {
        return _stations[sheet][station];
    }

    function booked(bytes32 sheet) external view returns (Sheet memory) {
        return _booked[sheet];
    }

    /// @notice What the ledger must say of a case now.
    function expected(bytes32 sheet, uint256 station, uint256 caseIndex) external view returns (uint256) {
        if (_stations[sheet][station].reportedAt != 0) {
            return _words[sheet][station][caseIndex / 64].statusAt(caseIndex % 64);
        }
        return time > _booked[sheet].deadline ? Statuses.EXPIRED : Statuses.OPEN;
    }

    /// @notice Lets time pass: often a little, seldom so much that sheets expire.
    function pass(uint32 any) external {
        time += any % 8 == 0 ? 120 : any % 8;
    }

    /// @notice A member books a sheet, unless it booked the same manifest before.
    function book(uint256 anyMember, uint256 anyBelt, uint16 anyCount, uint8 moreSeconds, bytes32 root) external {
        CHEATS.warp(time);
        if (sheets.length == 12 || root == 0) return;
        uint256 belt = anyBelt % BELTS;
        address consumer = member(anyMember % MEMBERS);
        uint16 count = uint16(_within(anyCount, 1, 1024));
        uint64 deadline = uint64(time) + 60 + moreSeconds;
        bytes32 id = keccak256(abi.encode(block.chainid, address(bookings), consumer, root));
        uint256 cost = _priceOf(belt) * count;
        bool allowed = _booked[id].count == 0 && cost <= purse[consumer];
        CHEATS.prank(consumer);
        try bookings.book(beltOf(belt), root, count, deadline, cost) returns (bytes32 sheet) {
            if (!allowed) revert NotRefused("a second or unpaid booking");
            require(sheet == id, "another id");
        } catch {
            if (allowed) revert("a booking was refused");
            return;
        }
        sheets.push(id);
        _roots[id] = root;
        _booked[id] = Sheet(consumer, deadline, count, uint8(stationsOf(belt)), false, beltOf(belt));
        for (uint256 i = 0; i < stationsOf(belt); ++i) _stations[id][i].price = uint128((i % MEMBERS) + 1);
        purse[consumer] -= cost;
        held += cost;
    }

    /// @notice A member books a manifest again.
    function bookAgain(uint256 anySheet) external {
        CHEATS.warp(time);
        if (sheets.length == 0) return;
        bytes32 sheet = sheets[anySheet % sheets.length];
        CHEATS.prank(_booked[sheet].consumer);
        try bookings.book(beltOf(0), _roots[sheet], 1, uint64(time) + 60, type(uint256).max) {
            revert NotRefused("a second booking");
        } catch {}
    }

    /// @notice A station reports, if it still may; nobody else can.
    function report(uint256 anySheet, uint256 anyStation, uint256 seed, uint8 rarity) external {
        CHEATS.warp(time);
        if (sheets.length == 0) return;
        bytes32 sheet = sheets[anySheet % sheets.length];
        Sheet storage record = _booked[sheet];
        uint8 station = uint8(anyStation % record.stations);
        (uint16[] memory slots, uint256[] memory words) = _exceptions(record.count, seed, rarity);
        CHEATS.prank(member(station + 1));
        try bookings.report(sheet, station, slots, words) {
            revert NotRefused("a report by another member");
        } catch {}
        Station storage post = _stations[sheet][station];
        bool allowed = post.reportedAt == 0 && time <= record.deadline;
        CHEATS.prank(member(station % MEMBERS));
        try bookings.report(sheet, station, slots, words) {
            if (!allowed) revert NotRefused("a second or late report");
            post.reportedAt = uint64(time);
            post.done = record.count;
            for (uint256 i = 0; i < slots.length; ++i) {
                _words[sheet][station][slots[i]] = words[i];
                for (uint256 place = 0; place < 64; ++place) {
                    if (words[i].statusAt(place) != Statuses.DONE) --post.done;
                }
            }
        } catch {
            if (allowed) revert("a report was refused");
        }
    }

    /// @notice A station reports what it may not: a status that there is not, or a case that there is not.
    function misreport(uint256 anySheet, uint256 anyStation, uint256 anyCase, uint8 anyStatus) external {
        CHEATS.warp(time);
        if (sheets.length == 0) return;
        bytes32 sheet = sheets[anySheet % sheets.length];
        Sheet storage record = _booked[sheet];
        uint8 station = uint8(anyStation % record.stations);
        uint256 place = anyCase % 1088;
        uint256 status = place < record.count ? _within(anyStatus, 5, 15) : _within(anyStatus, 1, 15);
        uint16[] memory slots = new uint16[](1);
        uint256[] memory words = new uint256[](1);
        slots[0] = uint16(place / 64);
        words[0] = uint256(0).set(place % 64, uint8(status));
        CHEATS.prank(member(station % MEMBERS));
        try bookings.report(sheet, station, slots, words) {
            revert NotRefused("a false report");
        } catch {}
    }

    function expire(uint256 anySheet) external {
        CHEATS.warp(time);
        if (sheets.length == 0) return;
        bytes32 sheet = sheets[anySheet % sheets.length];
        Sheet storage record = _booked[sheet];
        uint256 refund = 0;
        for (uint256 i = 0; i < record.stations; ++i) {
            if (_stations[sheet][i].reportedAt == 0) refund += uint256(_stations[sheet][i].price) * record.count;
        }
        bool allowed = time > record.deadline && refund != 0 && !record.expired;
        try bookings.expire(sheet) {
            if (!allowed) revert NotRefused("an expiry");
            record.expired = true;
            held -= refund;
            owed[record.consumer] += refund;
        } catch {
            if (allowed) revert("an expiry was refused");
        }
    }

    /// @notice Somebody settles a station: the consumer at once, anybody after the window.
    function settle(uint256 anySheet, uint256 anyStation, uint256 anyMember, bool accepts) external {
        CHEATS.warp(time);
        if (sheets.length == 0) return;
        bytes32 sheet = sheets[anySheet % sheets.length];
        Sheet memory record = _booked[sheet];
        uint8 station = uint8(anyStation % record.stations);
        Station storage post = _stations[sheet][station];
        address account = member(anyMember % MEMBERS);
        bool may = accepts ? account == record.consumer : time > post.reportedAt + WINDOW;
        bool allowed = may && post.reportedAt != 0 && !post.settled;
        CHEATS.prank(account);
        // solhint-disable-next-line avoid-low-level-calls
        (bool settled,) = address(bookings).call(
            accepts ? abi.encodeCall(bookings.accept, (sheet, station)) : abi.encodeCall(bookings.settle, (sheet, station))
        );
        if (settled && !allowed) revert NotRefused("a settlement");
        if (!settled && allowed) revert("a settlement was refused");
        if (!settled) return;
        post.settled = true;
        held -= uint256(post.price) * record.count;
        owed[member(station % MEMBERS)] += uint256(post.price) * post.done;
        owed[record.consumer] += uint256(post.price) * (record.count - post.done);
    }

    /// @notice Somebody withdraws what it is owed, member or not.
    function withdraw(uint256 anyMember) external {
        CHEATS.warp(time);
        address account = member(anyMember % (MEMBERS + 1));
        CHEATS.prank(account);
        try bookings.withdraw() returns (uint256 amount) {
            require(amount == owed[account] && amount != 0, "another amount");
            purse[account] += amount;
            owed[account] = 0;
        } catch {
            if (owed[account] != 0) revert("a withdrawal was refused");
        }
    }

    function anchor(uint256 anyMember, uint64 anySize, bool larger, bytes32 root) external {
        CHEATS.warp(time);
        if (root == 0) return;
        address account = member(anyMember % MEMBERS);
        uint64 size = larger ? logSize[account] + uint64(_within(anySize, 1, 1000)) : anySize % (logSize[account] + 1);
        CHEATS.prank(account);
        try receipts.anchor(size, root) {
            if (!larger) revert NotRefused("a head that did not grow");
            (logSize[account], logRoot[account]) = (size, root);
        } catch {
            if (larger) revert("a head was refused");
        }
    }

    function _priceOf(uint256 belt) private pure returns (uint256 price) {
        for (uint256 i = 0; i < stationsOf(belt); ++i) price += (i % MEMBERS) + 1;
    }

    function _exceptions(uint256 count, uint256 seed, uint8 rarity)
        private
        pure
        returns (uint16[] memory slots, uint256[] memory words)
    {
        uint256 bound = Statuses.wordsFor(count);
        slots = new uint16[](bound);
        words = new uint256[](bound);
        uint256 used = 0;
        for (uint256 slot = 0; slot < bound; ++slot) {
            uint256 cases = count - slot * 64 < 64 ? count - slot * 64 : 64;
            uint256 word = _word(_random(seed, slot), cases, uint256(rarity) + 1);
            if (word == 0) continue;
            (slots[used], words[used]) = (uint16(slot), word);
            ++used;
        }
        // solhint-disable-next-line no-inline-assembly
        assembly {
            mstore(slots, used)
            mstore(words, used)
        }
    }
}
