// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Connections} from "../../../contracts/Connections.sol";
import {Checks} from "./Checks.sol";
import {Membership} from "./Membership.sol";

/// @title Members that connect and part as they like
/// @notice Its functions are called in any order with any numbers. It keeps a plain model of every pair, and every call
/// that the rules forbid must be refused: an unexpected answer reverts.
contract Partners is Checks {
    uint256 public constant MEMBERS = 4;

    Membership private immutable _membership = new Membership();
    Connections public immutable connections = new Connections(_membership.profiles());

    /// @dev Who asked whom and waits, and who is connected with whom: the latter both ways.
    mapping(address requester => mapping(address member => bool)) public asked;
    mapping(address member => mapping(address partner => bool)) public connected;

    error NotRefused(string what);

    constructor() {
        for (uint256 i = 0; i < MEMBERS; ++i) _membership.set(member(i), true);
    }

    function member(uint256 index) public pure returns (address) {
        return address(uint160(0xbe17 + index));
    }

    /// @notice A member is suspended, or comes back.
    function suspend(uint256 anyMember, uint8 any) external {
        _membership.set(member(anyMember % MEMBERS), any % 4 != 0);
    }

    function request(uint256 anyMember, uint256 anyOther) external {
        (address one, address other) = _two(anyMember, anyOther);
        bool may = _bothActive(one, other) && one != other && !asked[one][other] && !asked[other][one]
            && !connected[one][other];
        CHEATS.prank(one);
        try connections.request(other) {
            if (!may) revert NotRefused("a request");
            asked[one][other] = true;
        } catch {
            if (may) revert("a request was refused");
        }
    }

    function accept(uint256 anyMember, uint256 anyOther) external {
        (address one, address other) = _two(anyMember, anyOther);
        bool may = _bothActive(one, other) && asked[other][one];
        CHEATS.prank(one);
        try connections.accept(other) {
            if (!may) revert NotRefused("an acceptance");
            asked[other][one] = false;
            connected[one][other] = true;
            connected[other][one] = true;
        } catch {
            if (may) revert("an acceptance was refused");
        }
    }

    /// @notice Who was asked, or who asked, ends a request: also one that is suspended.
    function dismiss(uint256 anyMember, uint256 anyOther, bool declines) external {
        (address one, address other) = _two(anyMember, anyOther);
        bool may = declines ? asked[other][one] : asked[one][other];
        CHEATS.prank(one);
        // solhint-disable-next-line avoid-low-level-calls
        (bool done,) = address(connections).call(
            declines ? abi.encodeCall(connections.decline, (other)) : abi.encodeCall(connections.withdraw, (other))
        );
        if (done && !may) revert NotRefused("the end of a request");
        if (!done && may) revert("the end of a request was refused");
        if (done) (asked[one][other], asked[other][one]) = (false, false);
    }

    /// @notice Either of two ends a connection: also one that is suspended.
    function end(uint256 anyMember, uint256 anyOther) external {
        (address one, address other) = _two(anyMember, anyOther);
        bool may = connected[one][other];
        CHEATS.prank(one);
        try connections.end(other) {
            if (!may) revert NotRefused("an end");
            connected[one][other] = false;
            connected[other][one] = false;
        } catch {
            if (may) revert("an end was refused");
        }
    }

    function _bothActive(address one, address other) private view returns (bool) {
        return _membership.isActive(one) && _membership.isActive(other);
    }

    /// @dev One more than the members: somebody who is none.
    function _two(uint256 anyMember, uint256 anyOther) private pure returns (address, address) {
        return (member(anyMember % (MEMBERS + 1)), member(anyOther % (MEMBERS + 1)));
    }
}
