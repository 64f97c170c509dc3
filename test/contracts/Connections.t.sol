// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Connection} from "../../contracts/types/Connection.sol";
import {Checks} from "./support/Checks.sol";
import {Partners} from "./support/Partners.sol";

/// @title What holds of connections, whatever members do
contract ConnectionsTest is Checks {
    Partners private _partners;

    function setUp() external {
        _partners = new Partners();
    }

    /// @notice The runner calls only the partners.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_partners);
    }

    /// @notice Both sides see the same, and it is what the model says.
    function invariantPairs() external view {
        for (uint256 i = 0; i <= _partners.MEMBERS(); ++i) {
            for (uint256 j = 0; j <= _partners.MEMBERS(); ++j) {
                (address one, address other) = (_partners.member(i), _partners.member(j));
                Connection memory ours = _partners.connections().connectionOf(one, other);
                Connection memory theirs = _partners.connections().connectionOf(other, one);
                require(keccak256(abi.encode(ours)) == keccak256(abi.encode(theirs)), "two sides");
                bool connected = _partners.connections().areConnected(one, other);
                require(connected == _partners.connections().areConnected(other, one), "one is connected");
                require(connected == _partners.connected(one, other), "connected");
                require(connected == ours.accepted, "accepted");
                bool asked = _partners.asked(one, other);
                if (asked) require(ours.requester == one && !connected, "asked");
                bool known = connected || asked || _partners.asked(other, one);
                require(known == (ours.requester != address(0)) && known == (ours.since != 0), "left behind");
            }
        }
    }
}
