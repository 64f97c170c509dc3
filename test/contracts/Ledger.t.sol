// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Statuses} from "../../contracts/libraries/Statuses.sol";
import {Head} from "../../contracts/types/Head.sol";
import {Sheet, Station} from "../../contracts/types/Sheet.sol";
import {Stay} from "../../contracts/types/Stay.sol";
import {Behaviour} from "./support/Behaviour.sol";
import {Checks} from "./support/Checks.sol";

/// @title What holds whatever the members do, in whatever order
contract LedgerTest is Checks {
    Behaviour private _consortium;

    function setUp() external {
        _consortium = new Behaviour();
    }

    /// @notice The runner calls only the consortium.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_consortium);
    }

    /// @notice All of it at once: what takes the time is the calls, and one sequence of them tries everything.
    function invariantLedger() external {
        _statuses();
        _money();
        _sheets();
        _calendar();
        _logs();
    }

    /// @dev Every case has at every station the one status that the model says.
    function _statuses() private {
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

    /// @dev Escrow equals what is owed: the contract holds what is not settled yet and what nobody withdrew yet, and
    /// everybody has exactly what the model says. No credit comes into being or is lost.
    function _money() private view {
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
        _equal(_consortium.owed(_consortium.member(_consortium.MEMBERS())), 0, "owed to a stranger");
    }

    /// @dev Of a sheet nothing changes but its deadline, its stations and its expiry, and these not back.
    function _sheets() private view {
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

    /// @dev No unit is booked twice for one day: what is taken is what the sheets hold, and never more than there is.
    function _calendar() private view {
        for (uint256 i = 0; i < _consortium.sheetCount(); ++i) {
            Stay memory stay = _consortium.bookings().stayOf(_consortium.sheets(i));
            bytes32 expected = keccak256(abi.encode(_consortium.stayOf(_consortium.sheets(i))));
            require(keccak256(abi.encode(stay)) == expected, "a stay differs");
            for (uint256 day = stay.firstDay; day < stay.firstDay + stay.dayCount; ++day) {
                uint256 taken = _consortium.bookings().takenOn(_consortium.calendar(), uint32(day));
                _equal(taken, _consortium.taken(day), "taken");
                _equal(taken, _heldOn(day), "held on a day");
                require(taken <= _consortium.PRODUCT_UNITS(), "a unit was booked twice");
            }
        }
    }

    /// @dev The head of a log is the last one that was anchored.
    function _logs() private view {
        for (uint256 i = 0; i < _consortium.MEMBERS(); ++i) {
            address member = _consortium.member(i);
            Head memory head = _consortium.receipts().headOf(member);
            _equal(head.size, _consortium.logSize(member), "size");
            require(head.root == bytes27(_consortium.logRoot(member)), "another root");
        }
    }

    /// @dev What the contract itself says that its sheets hold on a day.
    function _heldOn(uint256 day) private view returns (uint256 sum) {
        for (uint256 i = 0; i < _consortium.sheetCount(); ++i) {
            Stay memory stay = _consortium.bookings().stayOf(_consortium.sheets(i));
            if (day >= stay.firstDay && day < uint256(stay.firstDay) + stay.held) sum += stay.units;
        }
    }

    /// @dev What the contract itself says is not settled, summed over all sheets.
    function _unsettled() private view returns (uint256 sum) {
        for (uint256 i = 0; i < _consortium.sheetCount(); ++i) {
            bytes32 sheet = _consortium.sheets(i);
            Sheet memory record = _consortium.bookings().sheetOf(sheet);
            for (uint8 station = 0; station < record.stations; ++station) {
                Station memory post = _consortium.bookings().stationOf(sheet, station);
                uint256 covered = 0;
                for (uint256 slot = 0; slot * 64 < record.count; ++slot) {
                    uint256 cases = record.count - slot * 64;
                    if ((post.covered >> slot) & 1 == 1) covered += cases < 64 ? cases : 64;
                }
                uint256 held = post.settled ? post.disputed : covered;
                if (!record.expired && post.closedAt == 0) held += record.count - covered;
                sum += post.price * held;
            }
        }
    }

    function _checkStatus(bytes32 sheet, uint256 station, uint256 caseIndex) private view {
        uint256 status = _consortium.bookings().statusOf(sheet, uint8(station), uint16(caseIndex));
        _equal(status, _consortium.expected(sheet, station, caseIndex), "status");
        require(status <= Statuses.DECLINED || status == Statuses.OPEN, "no status");
    }
}
