// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Checks} from "./support/Checks.sol";
import {Electorate} from "./support/Electorate.sol";

/// @title What holds of members and their votes whatever is decided, tried and resigned from, in whatever order
contract MembersTest is Checks {
    Electorate private _electorate;

    function setUp() external {
        _electorate = new Electorate();
    }

    /// @notice The runner calls only the electorate.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_electorate);
    }

    /// @notice All of it at once: what takes the time is the calls, and one sequence of them tries everything.
    function invariantMembers() external {
        _votesAreActiveMembers();
        _votesOfThePast();
        _supervisors();
    }

    /// @dev Every active member has one vote, everybody else none, and there are as many votes as active members.
    function _votesAreActiveMembers() private view {
        uint256 active = 0;
        for (uint256 i = 0; i < _electorate.ACCOUNTS(); ++i) {
            address account = _electorate.account(i);
            bool expected = _electorate.active(account);
            require(_electorate.profiles().isActive(account) == expected, "active");
            _equal(_electorate.profiles().getVotes(account), expected ? 1 : 0, "votes");
            if (expected) ++active;
        }
        _equal(_electorate.profiles().activeCount(), active, "all votes");
        require(active != 0, "nobody is left to decide");
    }

    /// @dev Votes of the past stay what they were.
    function _votesOfThePast() private {
        CHEATS.warp(_electorate.time() + 1);
        for (uint256 i = 0; i < _electorate.moments(); ++i) {
            (uint256 time, uint256 active) = _electorate.past(i);
            _equal(_electorate.profiles().getPastTotalSupply(time), active, "votes then");
        }
    }

    /// @dev Supervisors are active members of that kind, and nobody else.
    function _supervisors() private view {
        for (uint256 i = 0; i < _electorate.ACCOUNTS(); ++i) {
            address account = _electorate.account(i);
            bool expected = _electorate.active(account) && _electorate.kinds(account) & 16 != 0;
            require(_electorate.profiles().isSupervisor(account) == expected, "supervisor");
        }
    }
}
