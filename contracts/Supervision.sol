// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IProfiles} from "./interfaces/IProfiles.sol";
import {ISupervision} from "./interfaces/ISupervision.sol";
import {NotSupervisor} from "./types/Access.sol";

/// @title Supervision: two supervisors pause new bookings
/// @notice See ISupervision.
contract Supervision is ISupervision, AccessManaged {
    uint64 private constant MOTION_TIME = 24 hours;
    uint64 private constant PAUSE_TIME = 72 hours;

    IProfiles private immutable _profiles;

    /// @inheritdoc ISupervision
    uint64 public pausedUntil;
    /// @dev The one motion that may count: with a second one beside it there would be a pause.
    address private _mover;
    uint64 private _lapsesAt;

    /// @notice Deploys it with nothing paused.
    /// @param authority Knows who may lift a pause: governance.
    /// @param profiles Knows who is a supervisor.
    constructor(address authority, IProfiles profiles) AccessManaged(authority) {
        _profiles = profiles;
    }

    /// @inheritdoc ISupervision
    function movePause() external {
        if (!_profiles.isSupervisor(msg.sender)) revert NotSupervisor(msg.sender);
        if (isPaused()) revert PausedAlready(pausedUntil);
        (address first, uint64 lapsesAt) = motion();
        if (first == msg.sender) revert MotionOpen(first, lapsesAt);
        if (first == address(0)) {
            _mover = msg.sender;
            _lapsesAt = uint64(block.timestamp) + MOTION_TIME;
            emit PauseMoved(msg.sender, _lapsesAt);
        } else {
            delete _mover;
            pausedUntil = uint64(block.timestamp) + PAUSE_TIME;
            emit PauseBegun(first, msg.sender, pausedUntil);
        }
    }

    /// @inheritdoc ISupervision
    function lift() external restricted {
        if (!isPaused()) revert NotPaused();
        delete pausedUntil;
        emit PauseLifted();
    }

    /// @inheritdoc ISupervision
    function isPaused() public view returns (bool) {
        return block.timestamp < pausedUntil;
    }

    /// @inheritdoc ISupervision
    function motion() public view returns (address supervisor, uint64 lapsesAt) {
        // Who is no supervisor any more moves nothing.
        if (block.timestamp < _lapsesAt && _mover != address(0) && _profiles.isSupervisor(_mover)) {
            return (_mover, _lapsesAt);
        }
    }
}
