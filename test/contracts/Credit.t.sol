// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Access} from "../../contracts/Access.sol";
import {Credit} from "../../contracts/Credit.sol";
import {Profiles} from "../../contracts/Profiles.sol";
import {ICredit} from "../../contracts/interfaces/ICredit.sol";
import {Checks} from "./support/Checks.sol";

/// @title The consortium's credit, with this test as its escrow
contract CreditTest is Checks {
    address private constant MEMBER = address(0xba);
    address private constant STRANGER = address(0x57);

    Credit private _credit;

    function setUp() external {
        address access = address(new Access(address(this)));
        Profiles profiles = new Profiles(access);
        profiles.admit(MEMBER, "bank", 1);
        _credit = new Credit(access, profiles, address(this));
        _credit.mint(MEMBER, 100);
        CHEATS.prank(MEMBER);
        _credit.approve(address(this), type(uint256).max);
    }

    /// @notice Whatever is owed can leave the escrow, also to an account that is no member (any more).
    function testFuzzEscrowPaysWhomItOwes(uint256 anyAmount) external {
        uint256 amount = _within(anyAmount, 0, 100);
        require(_credit.transferFrom(MEMBER, address(this), amount), "in");
        _equal(_credit.balanceOf(address(this)), amount, "escrow");
        require(_credit.transfer(STRANGER, amount), "out");
        _equal(_credit.balanceOf(STRANGER), amount, "the stranger's");
        _equal(_credit.totalSupply(), 100, "supply");
        // Whoever is no member can do nothing with it but have it burned by governance.
        CHEATS.prank(STRANGER);
        try _credit.transfer(MEMBER, amount) returns (bool) {
            revert("a stranger sent credit");
        } catch {}
        _credit.burn(STRANGER, amount);
        _equal(_credit.totalSupply(), 100 - amount, "supply");
    }

    /// @notice Nobody but the escrow itself brings credit into it, whatever was approved.
    function testFuzzNothingElseEntersTheEscrow(uint256 anyAmount) external {
        uint256 amount = _within(anyAmount, 0, 100);
        CHEATS.prank(MEMBER);
        try _credit.transfer(address(this), amount) returns (bool) {
            revert("credit that nobody booked");
        } catch (bytes memory reason) {
            bytes memory expected = abi.encodeWithSelector(ICredit.EscrowClosed.selector, address(this));
            require(keccak256(reason) == keccak256(expected), "another reason");
        }
    }
}
