// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Access} from "../../../contracts/Access.sol";
import {Communities} from "../../../contracts/Communities.sol";
import {Credit} from "../../../contracts/Credit.sol";
import {Directory} from "../../../contracts/Directory.sol";
import {Profiles} from "../../../contracts/Profiles.sol";
import {Supervision} from "../../../contracts/Supervision.sol";
import {IBelts} from "../../../contracts/interfaces/IBelts.sol";
import {Standing} from "../../../contracts/types/Profile.sol";
import {Checks} from "./Checks.sol";

/// @title Members that come and go as they are decided on
/// @notice Its functions are called in any order with any numbers, and it stands for governance. It keeps a plain model
/// of who is what, and every call that the rules forbid must be refused: an unexpected answer reverts.
contract Electorate is Checks {
    uint256 public constant ACCOUNTS = 6;

    Profiles public immutable profiles;
    address[] private _governed;

    uint256 public time = 1_800_000_000;
    mapping(address account => Standing) public standing;
    mapping(address account => uint16) public kinds;
    uint256 public activeNow;

    struct Moment {
        uint256 time;
        uint256 active;
    }

    Moment[] public past;

    error NotRefused(string what);

    constructor() {
        CHEATS.warp(time);
        address access = address(new Access(address(this)));
        profiles = new Profiles(access);
        _governed.push(address(profiles));
        _governed.push(address(new Directory(access)));
        _governed.push(address(new Credit(access, profiles, address(1))));
        _governed.push(address(new Supervision(access, profiles)));
        _governed.push(address(new Communities(access, profiles, IBelts(address(1)))));
        profiles.admit(account(0), nameOf(0), 1);
        (standing[account(0)], kinds[account(0)], activeNow) = (Standing.ACTIVE, 1, 1);
    }

    function account(uint256 index) public pure returns (address) {
        return address(uint160(0xe1ec + index));
    }

    function nameOf(uint256 index) public pure returns (string memory) {
        bytes memory name = "member-a";
        name[7] = bytes1(uint8(97 + index));
        return string(name);
    }

    function active(address who) public view returns (bool) {
        return standing[who] == Standing.ACTIVE;
    }

    function moments() external view returns (uint256) {
        return past.length;
    }

    /// @notice Lets time pass, and remembers how many votes there were.
    function pass(uint8 any) external {
        if (past.length == 24) return;
        past.push(Moment(time, activeNow));
        time += uint256(any) + 1;
        CHEATS.warp(time);
    }

    function admit(uint256 any, uint16 anyKinds) external {
        CHEATS.warp(time);
        uint256 index = any % ACCOUNTS;
        address who = account(index);
        bool allowed = anyKinds != 0 && anyKinds < 32 && !_isMember(who);
        try profiles.admit(who, nameOf(index), anyKinds) {
            if (!allowed) revert NotRefused("an admission");
            (standing[who], kinds[who]) = (Standing.ACTIVE, anyKinds);
            ++activeNow;
        } catch {
            if (allowed) revert("an admission was refused");
        }
    }

    function suspend(uint256 any) external {
        CHEATS.warp(time);
        address who = account(any % ACCOUNTS);
        bool allowed = active(who) && activeNow > 1;
        try profiles.suspend(who) {
            if (!allowed) revert NotRefused("a suspension");
            standing[who] = Standing.SUSPENDED;
            --activeNow;
        } catch {
            if (allowed) revert("a suspension was refused");
        }
    }

    function reinstate(uint256 any) external {
        CHEATS.warp(time);
        address who = account(any % ACCOUNTS);
        bool allowed = standing[who] == Standing.SUSPENDED;
        try profiles.reinstate(who) {
            if (!allowed) revert NotRefused("a reinstatement");
            standing[who] = Standing.ACTIVE;
            ++activeNow;
        } catch {
            if (allowed) revert("a reinstatement was refused");
        }
    }

    /// @notice A member is removed, or resigns: the same rules, but another caller.
    function end(uint256 any, bool byItself) external {
        CHEATS.warp(time);
        address who = account(any % ACCOUNTS);
        bool allowed = _isMember(who) && !(active(who) && activeNow == 1);
        if (byItself) CHEATS.prank(who);
        // solhint-disable-next-line avoid-low-level-calls
        (bool done,) = address(profiles).call(
            byItself ? abi.encodeCall(profiles.resign, ()) : abi.encodeCall(profiles.remove, (who))
        );
        if (done && !allowed) revert NotRefused("an end of membership");
        if (!done && allowed) revert("an end of membership was refused");
        if (!done) return;
        if (active(who)) --activeNow;
        standing[who] = byItself ? Standing.LEFT : Standing.REMOVED;
    }

    function changeKinds(uint256 any, uint16 anyKinds) external {
        CHEATS.warp(time);
        address who = account(any % ACCOUNTS);
        bool allowed = anyKinds != 0 && anyKinds < 32 && _isMember(who);
        try profiles.changeKinds(who, anyKinds) {
            if (!allowed) revert NotRefused("other kinds");
            kinds[who] = anyKinds;
        } catch {
            if (allowed) revert("other kinds were refused");
        }
    }

    /// @notice A vote is never handed to anybody.
    function delegate(uint256 anyMember, uint256 anyOther) external {
        CHEATS.prank(account(anyMember % ACCOUNTS));
        try profiles.delegate(account(anyOther % ACCOUNTS)) {
            revert NotRefused("a delegation");
        } catch {}
    }

    /// @notice Whoever is not governance changes nothing that is governed, whatever it calls it with.
    function intrude(uint256 anyAccount, uint256 anyContract, uint256 anyFunction, uint256 any) external {
        CHEATS.warp(time);
        address who = account(any % ACCOUNTS);
        bytes[10] memory attempts = [
            abi.encodeCall(Profiles.admit, (who, "intruder", 31)),
            abi.encodeCall(Profiles.suspend, (who)),
            abi.encodeCall(Profiles.reinstate, (who)),
            abi.encodeCall(Profiles.remove, (who)),
            abi.encodeCall(Profiles.changeKinds, (who, 31)),
            abi.encodeCall(Directory.set, (bytes32(any), address(profiles))),
            abi.encodeCall(Credit.mint, (who, any)),
            abi.encodeCall(Credit.burn, (who, 0)),
            abi.encodeCall(Supervision.lift, ()),
            abi.encodeWithSignature("setAuthority(address)", who)
        ];
        address target = _governed[anyContract % _governed.length];
        CHEATS.prank(account(anyAccount % ACCOUNTS));
        // solhint-disable-next-line avoid-low-level-calls
        (bool done,) = target.call(attempts[anyFunction % attempts.length]);
        if (done) revert NotRefused("a change without a decision");
    }

    function _isMember(address who) private view returns (bool) {
        return standing[who] == Standing.ACTIVE || standing[who] == Standing.SUSPENDED;
    }
}
