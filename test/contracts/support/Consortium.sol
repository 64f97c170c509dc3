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
import {Stay} from "../../../contracts/types/Stay.sol";
import {Checks} from "./Checks.sol";

/// @title A consortium, and a plain model of what the ledger must say of it
/// @notice The members with a low number have stations and book; all but the first two of them are supervisors.
abstract contract Consortium is Checks {
    using Statuses for uint256;

    uint256 public constant MEMBERS = 5;
    /// @dev So many have stations.
    uint256 public constant PRODUCERS = 3;
    uint256 public constant BELTS = 3;
    uint256 public constant MINTED = 1_000_000;
    uint64 public constant WINDOW = 100;
    uint64 public constant DECISION_LIMIT = 30 days;
    /// @dev Of the product, which is the bureau's: the price of a unit for a day, and the units of a day.
    uint128 public constant PRODUCT_PRICE = 2;
    uint32 public constant PRODUCT_UNITS = 5;

    Profiles public immutable profiles;
    Offers public immutable offerList;
    Belts public immutable belts;
    Credit public immutable credit;
    Bookings public immutable bookings;
    Receipts public immutable receipts;
    /// @dev Two versions of one product, of which the second is live.
    bytes32 public immutable calendar;
    bytes32 public immutable product;

    /// @dev The clock of the model; the block's time follows it in every call.
    uint256 public time = 1_800_000_000;
    bytes32[] public sheets;

    mapping(bytes32 sheet => Sheet) internal _booked;
    mapping(bytes32 sheet => mapping(uint256 station => Station)) internal _stations;
    mapping(bytes32 sheet => bytes32 root) internal _roots;
    mapping(bytes32 sheet => mapping(uint256 station => mapping(uint256 slot => uint256))) internal _words;
    /// @dev The days of the model: what is taken, and what each product's sheet holds of it.
    mapping(uint256 day => uint256) public taken;
    mapping(bytes32 sheet => Stay) internal _stays;
    /// @dev The money of the model: what is not settled yet, what is owed to whom, and what everybody holds.
    uint256 public held;
    mapping(address account => uint256) public owed;
    mapping(address account => uint256) public purse;
    mapping(address member => uint64) public logSize;
    mapping(address member => bytes32) public logRoot;

    /// @dev Some slots of a sheet, and of each its word.
    struct Words {
        uint16[] slots;
        uint256[] words;
    }

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
        string[MEMBERS] memory names = ["bank", "bureau", "insurer", "overseer", "deputy"];
        bytes32[] memory offers = new bytes32[](PRODUCERS);
        for (uint256 i = 0; i < MEMBERS; ++i) {
            profiles.admit(member(i), names[i], isSupervisor(i) ? 17 : 1);
            purse[member(i)] = MINTED;
            credit.mint(member(i), MINTED);
            CHEATS.prank(member(i));
            credit.approve(address(bookings), type(uint256).max);
            if (i >= PRODUCERS) continue;
            CHEATS.prank(member(i));
            offers[i] = offerList.publish(bytes32(i + 1), 1, uint128(i + 1), 60, 1024, type(uint64).max);
        }
        CHEATS.prank(member(1));
        calendar = offerList.publish(bytes32(uint256(98)), 2, 1, 60, 1, type(uint64).max);
        CHEATS.prank(member(1));
        product = offerList.supersede(
            calendar, bytes32(uint256(99)), PRODUCT_PRICE, 60, PRODUCT_UNITS, type(uint64).max
        );
        for (uint256 i = 0; i < BELTS; ++i) {
            bytes32[] memory stations = new bytes32[](stationsOf(i));
            for (uint256 station = 0; station < stations.length; ++station) {
                stations[station] = offers[station % PRODUCERS];
            }
            CHEATS.prank(member(0));
            belts.publish(beltOf(i), 0, stations);
        }
    }

    function member(uint256 index) public pure returns (address) {
        return address(uint160(0xbe17 + index));
    }

    /// @dev The insurer is one too, though it has stations.
    function isSupervisor(uint256 index) public pure returns (bool) {
        return index >= 2 && index < MEMBERS;
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

    function stayOf(bytes32 sheet) external view returns (Stay memory) {
        return _stays[sheet];
    }

    function booked(bytes32 sheet) external view returns (Sheet memory) {
        return _booked[sheet];
    }

    /// @notice What the ledger must say of a case now.
    function expected(bytes32 sheet, uint256 station, uint256 caseIndex) public view returns (uint256) {
        Station storage post = _stations[sheet][station];
        if ((post.covered >> (caseIndex / 64)) & 1 == 1) {
            uint256 status = _words[sheet][station][caseIndex / 64].statusAt(caseIndex % 64);
            return status == Statuses.DISPUTED && post.disputed == 0 ? Statuses.DONE : status;
        }
        if (post.closedAt != 0) return Statuses.DECLINED;
        return time > _booked[sheet].deadline ? Statuses.EXPIRED : Statuses.OPEN;
    }

    /// @dev A sheet and a station of it; nothing when there is no sheet yet.
    function _any(uint256 anySheet, uint256 anyStation) internal returns (bytes32 sheet, uint8 station) {
        CHEATS.warp(time);
        if (sheets.length == 0) return (0, 0);
        sheet = sheets[anySheet % sheets.length];
        station = uint8(anyStation % _booked[sheet].stations);
    }

    /// @dev When a station's report became final; 0 while it is not.
    function _finalAt(bytes32 sheet, uint256 station) internal view returns (uint256) {
        Station storage post = _stations[sheet][station];
        if (post.closedAt != 0) return post.closedAt;
        return post.covered != 0 && time > _booked[sheet].deadline ? _booked[sheet].deadline : 0;
    }

    /// @dev How many cases the slots have that a station has covered.
    function _coveredCases(bytes32 sheet, uint256 station) internal view returns (uint256 cases) {
        return _casesOf(_booked[sheet].count, _stations[sheet][station].covered);
    }

    function _casesOf(uint256 count, uint256 covered) internal pure returns (uint256 cases) {
        for (uint256 i = 0; i < count; ++i) {
            if ((covered >> (i / 64)) & 1 == 1) ++cases;
        }
    }

    /// @dev The days of a product's sheet that come after a time are free again.
    function _freeAfter(bytes32 sheet, uint256 someTime) internal {
        Stay storage stay = _stays[sheet];
        while (stay.held > 0) {
            uint256 last = uint256(stay.firstDay) + stay.held - 1;
            if (last <= someTime / 1 days) break;
            taken[last] -= stay.units;
            --stay.held;
        }
    }

    /// @dev Money leaves the escrow of the model.
    function _release(address account, uint256 amount) internal {
        held -= amount;
        owed[account] += amount;
    }

    /// @dev A call of the bookings by an account; it must be refused unless it is allowed.
    function _try(address account, bytes memory call, bool allowed, string memory what) internal returns (bool) {
        CHEATS.prank(account);
        // solhint-disable-next-line avoid-low-level-calls
        (bool done, bytes memory reason) = address(bookings).call(call);
        if (done && !allowed) revert NotRefused(what);
        if (!done && allowed) {
            // solhint-disable-next-line no-inline-assembly
            assembly {
                revert(add(reason, 32), mload(reason))
            }
        }
        return done;
    }

    /// @dev Words for some of the slots of a sheet.
    function _wordsIn(uint256 count, uint256 covered, uint256 seed, uint8 rarity)
        internal
        pure
        returns (Words memory list)
    {
        for (uint256 slot = 0; slot * 64 < count; ++slot) {
            if ((covered >> slot) & 1 == 0) continue;
            uint256 cases = count - slot * 64 < 64 ? count - slot * 64 : 64;
            _push(list, slot, _word(_random(seed, slot), cases, uint256(rarity) + 1));
        }
    }

    /// @dev Adds a slot to a list of at most 16, unless its word is empty.
    function _push(Words memory list, uint256 slot, uint256 word) internal pure {
        if (word == 0) return;
        if (list.slots.length == 0) {
            (list.slots, list.words) = (new uint16[](16), new uint256[](16));
            _resize(list, 0);
        }
        uint256 used = list.slots.length;
        _resize(list, used + 1);
        (list.slots[used], list.words[used]) = (uint16(slot), word);
    }

    function _one(uint256 place, uint8 status) internal pure returns (Words memory list) {
        _push(list, place / 64, uint256(0).set(place % 64, status));
    }

    function _resize(Words memory list, uint256 length) private pure {
        (uint16[] memory slots, uint256[] memory words) = (list.slots, list.words);
        // solhint-disable-next-line no-inline-assembly
        assembly {
            mstore(slots, length)
            mstore(words, length)
        }
    }
}
