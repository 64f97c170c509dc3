// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Statuses} from "../../contracts/libraries/Statuses.sol";
import {Head} from "../../contracts/types/Head.sol";
import {Sheet, Station} from "../../contracts/types/Sheet.sol";
import {Checks} from "./support/Checks.sol";
import {Consortium} from "./support/Consortium.sol";

/// @title What holds whatever the members do, in whatever order
contract LedgerTest is Checks {
    Consortium private _consortium;

    /// @dev The statuses and sizes that were seen after the last call.
    mapping(bytes32 sheet => mapping(uint256 station => mapping(uint256 caseIndex => uint256))) private _seen;
    mapping(address member => uint64) private _size;

    function setUp() external {
        _consortium = new Consortium();
    }

    /// @notice The runner calls only the consortium.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_consortium);
    }

    /// @notice Every case has at every station the one status that the model says, and a status never goes back.
    function invariantStatuses() external {
        CHEATS.warp(_consortium.time());
        for (uint256 i = 0; i < _consortium.sheetCount(); ++i) {
            bytes32 sheet = _consortium.sheets(i);
            Sheet memory booked = _consortium.booked(sheet);
            for (uint256 sample = 0; sample < 6; ++sample) {
                uint256 caseIndex = sample == 0 ? booked.count - 1 : _random(uint256(sheet), sample) % booked.count;
                _checkStatus(sheet, sample % booked.stations, caseIndex);
                _checkStatus(sheet, booked.stations - 1, caseIndex);
            }
        }
    }

    /// @notice Escrow equals what is owed: the contract holds what is not settled yet and what nobody withdrew yet, and
    /// everybody has exactly what the model says. No credit comes into being or is lost.
    function invariantMoney() external view {
        uint256 owed = 0;
        uint256 purses = 0;
        // One more than the members: somebody who is none, and is never owed anything.
        for (uint256 i = 0; i <= _consortium.MEMBERS(); ++i) {
            address account = _consortium.member(i);
            _equal(_consortium.bookings().owedTo(account), _consortium.owed(account), "owed");
            _equal(_consortium.credit().balanceOf(account), _consortium.purse(account), "purse");
            owed += _consortium.owed(account);
            purses += _consortium.purse(account);
        }
        uint256 escrow = _consortium.credit().balanceOf(address(_consortium.bookings()));
        _equal(escrow, _consortium.held() + owed, "escrow");
        _equal(escrow + purses, _consortium.credit().totalSupply(), "supply");
        _equal(_unsettled(), _consortium.held(), "unsettled");
    }

    /// @notice Of a sheet nothing changes but the stations and the expiry, and these not back.
    function invariantSheets() external view {
        for (uint256 i = 0; i < _consortium.sheetCount(); ++i) {
            bytes32 sheet = _consortium.sheets(i);
            Sheet memory actual = _consortium.bookings().sheetOf(sheet);
            require(
                keccak256(abi.encode(actual)) == keccak256(abi.encode(_consortium.booked(sheet))), "a sheet differs"
            );
            for (uint8 station = 0; station < actual.stations; ++station) {
                Station memory post = _consortium.bookings().stationOf(sheet, station);
                bytes32 expected = keccak256(abi.encode(_consortium.stationOf(sheet, station)));
                require(keccak256(abi.encode(post)) == expected, "a station differs");
            }
        }
    }

    /// @notice Logs only grow, and the head is the last one that was anchored.
    function invariantLogs() external {
        for (uint256 i = 0; i < _consortium.MEMBERS(); ++i) {
            address member = _consortium.member(i);
            Head memory head = _consortium.receipts().headOf(member);
            require(head.size >= _size[member], "a log shrank");
            _equal(head.size, _consortium.logSize(member), "size");
            require(head.root == _consortium.logRoot(member), "another root");
            _size[member] = head.size;
        }
    }

    /// @dev What the contract itself says is not settled, summed over all sheets.
    function _unsettled() private view returns (uint256 sum) {
        for (uint256 i = 0; i < _consortium.sheetCount(); ++i) {
            bytes32 sheet = _consortium.sheets(i);
            Sheet memory record = _consortium.bookings().sheetOf(sheet);
            for (uint8 station = 0; station < record.stations; ++station) {
                Station memory post = _consortium.bookings().stationOf(sheet, station);
                if (post.settled || (record.expired && post.reportedAt == 0)) continue;
                sum += uint256(post.price) * record.count;
            }
        }
    }

    function _checkStatus(bytes32 sheet, uint256 station, uint256 caseIndex) private {
        uint256 status = _consortium.bookings().statusOf(sheet, uint8(station), uint16(caseIndex));
        _equal(status, _consortium.expected(sheet, station, caseIndex), "status");
        require(status <= Statuses.EXPIRED || status == Statuses.OPEN, "no status");
        // Kept with one added, so that 0 means never seen.
        uint256 before = _seen[sheet][station][caseIndex];
        require(before == 0 || before == Statuses.OPEN + 1 || before == status + 1, "a status went back");
        _seen[sheet][station][caseIndex] = status + 1;
    }
}
