// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Statuses} from "../../contracts/libraries/Statuses.sol";
import {Head} from "../../contracts/types/Head.sol";
import {Sheet} from "../../contracts/types/Sheet.sol";
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

    /// @notice Of a sheet nothing changes but the reports and the expiry, and these not back.
    function invariantSheets() external view {
        for (uint256 i = 0; i < _consortium.sheetCount(); ++i) {
            bytes32 sheet = _consortium.sheets(i);
            Sheet memory actual = _consortium.bookings().sheetOf(sheet);
            require(
                keccak256(abi.encode(actual)) == keccak256(abi.encode(_consortium.booked(sheet))), "a sheet differs"
            );
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
