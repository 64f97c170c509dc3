// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Belts} from "../../../contracts/Belts.sol";
import {IOffers} from "../../../contracts/interfaces/IOffers.sol";
import {Checks} from "./Checks.sol";
import {LiveOffers} from "./LiveOffers.sol";
import {Membership} from "./Membership.sol";

/// @title Members that publish, hand over, deprecate and endorse belts as they like
/// @notice Its functions are called in any order with any numbers. It keeps a plain model of every belt, and every call
/// that the rules forbid must be refused: an unexpected answer reverts.
contract Stewards is Checks {
    uint256 public constant MEMBERS = 3;
    uint256 public constant BELTS = 3;

    struct Model {
        address member;
        address steward;
        address candidate;
        bool deprecated;
        bytes32 successor;
        uint256 publishedAt;
    }

    Membership private immutable _membership = new Membership();
    Belts public immutable belts = new Belts(_membership.profiles(), IOffers(address(new LiveOffers())));

    /// @dev The number of the block, which follows it in every call.
    uint256 private _block = 1;

    mapping(bytes32 belt => Model) public models;
    mapping(bytes32 belt => mapping(address member => bool)) public endorsed;

    error NotRefused(string what);

    constructor() {
        for (uint256 i = 0; i < MEMBERS; ++i) _membership.set(member(i), true);
    }

    function member(uint256 index) public pure returns (address) {
        return address(uint160(0xbe17 + index));
    }

    function beltOf(uint256 index) public pure returns (bytes32) {
        return bytes32(index + 1);
    }

    /// @notice A member is suspended, or comes back.
    function suspend(uint256 anyMember, uint8 any) external {
        _membership.set(member(anyMember % MEMBERS), any % 4 != 0);
    }

    /// @notice Lets blocks pass.
    function pass(uint8 any) external {
        _block += any;
    }

    function publish(uint256 anyMember, uint256 anyBelt) external {
        (address account, bytes32 belt) = _some(anyMember, anyBelt % BELTS);
        bool may = _membership.isActive(account) && models[belt].member == address(0);
        bytes32[] memory offers = new bytes32[](1);
        CHEATS.roll(_block);
        CHEATS.prank(account);
        try belts.publish(belt, 0, offers) {
            if (!may) revert NotRefused("a belt");
            models[belt].member = account;
            models[belt].steward = account;
            models[belt].publishedAt = _block;
        } catch {
            if (may) revert("a belt was refused");
        }
    }

    function propose(uint256 anyMember, uint256 anyBelt, uint256 anyCandidate) external {
        (address account, bytes32 belt) = _some(anyMember, anyBelt);
        if (anyMember % 4 != 0) account = models[belt].steward;
        address candidate = anyCandidate % 8 == 7 ? address(0) : member((anyCandidate % 8) % (MEMBERS + 1));
        bool may = _isSteward(account, belt) && (candidate == address(0) || _membership.isActive(candidate));
        CHEATS.prank(account);
        try belts.proposeSteward(belt, candidate) {
            if (!may) revert NotRefused("a proposal");
            models[belt].candidate = candidate;
        } catch {
            if (may) revert("a proposal was refused");
        }
    }

    function take(uint256 anyMember, uint256 anyBelt) external {
        (address account, bytes32 belt) = _some(anyMember, anyBelt);
        if (anyMember % 4 != 0) account = models[belt].candidate;
        bool may = account == models[belt].candidate && _membership.isActive(account);
        CHEATS.prank(account);
        try belts.acceptSteward(belt) {
            if (!may) revert NotRefused("a steward");
            models[belt].steward = account;
            models[belt].candidate = address(0);
            endorsed[belt][account] = false;
        } catch {
            if (may) revert("a steward was refused");
        }
    }

    function deprecate(uint256 anyMember, uint256 anyBelt, uint256 anySuccessor) external {
        (address account, bytes32 belt) = _some(anyMember, anyBelt);
        if (anyMember % 4 != 0) account = models[belt].steward;
        bytes32 successor = bytes32(anySuccessor % (BELTS + 2));
        Model storage model = models[belt];
        Model storage next = models[successor];
        bool fits = successor == 0
            ? !model.deprecated
            : model.successor == 0 && successor != belt && next.member != address(0) && !next.deprecated
                && next.publishedAt >= model.publishedAt;
        bool may = _isSteward(account, belt) && _membership.isActive(account) && fits;
        CHEATS.roll(_block);
        CHEATS.prank(account);
        try belts.deprecate(belt, successor) {
            if (!may) revert NotRefused("a deprecation");
            model.deprecated = true;
            model.successor = successor;
        } catch {
            if (may) revert("a deprecation was refused");
        }
    }

    function endorse(uint256 anyMember, uint256 anyBelt) external {
        (address account, bytes32 belt) = _some(anyMember, anyBelt);
        Model storage model = models[belt];
        bool others = model.member != address(0) && account != model.member && account != model.steward;
        bool may = _membership.isActive(account) && others && !endorsed[belt][account];
        CHEATS.prank(account);
        try belts.endorse(belt) {
            if (!may) revert NotRefused("an endorsement");
            endorsed[belt][account] = true;
        } catch {
            if (may) revert("an endorsement was refused");
        }
    }

    /// @notice Who endorsed a belt takes that back: also when it is suspended.
    function withdraw(uint256 anyMember, uint256 anyBelt) external {
        (address account, bytes32 belt) = _some(anyMember, anyBelt);
        bool may = endorsed[belt][account];
        CHEATS.prank(account);
        try belts.withdrawEndorsement(belt) {
            if (!may) revert NotRefused("a withdrawal");
            endorsed[belt][account] = false;
        } catch {
            if (may) revert("a withdrawal was refused");
        }
    }

    function _isSteward(address account, bytes32 belt) private view returns (bool) {
        return models[belt].member != address(0) && account == models[belt].steward;
    }

    /// @dev One more of each than there are: somebody who is no member, and a belt that is never published.
    function _some(uint256 anyMember, uint256 anyBelt) private pure returns (address, bytes32) {
        return (member(anyMember % (MEMBERS + 1)), beltOf(anyBelt % (BELTS + 1)));
    }
}
