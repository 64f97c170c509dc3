// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title The emergency brake
/// @notice Any two supervisors together pause new bookings. The pause ends by itself after 72 hours, and governance can
/// lift it earlier. It stops nothing else: what is booked is reported, accepted, settled, refunded and withdrawn as ever.
interface ISupervision {
    /// @notice A supervisor moves to pause; a second one who does so in time pauses.
    /// @param supervisor Who moves.
    /// @param lapsesAt The first second in which the motion no longer counts.
    event PauseMoved(address indexed supervisor, uint64 lapsesAt);
    /// @notice Two supervisors paused new bookings.
    /// @param first Who moved first.
    /// @param second Who moved second.
    /// @param until The first second in which there are bookings again.
    event PauseBegun(address indexed first, address indexed second, uint64 until);
    /// @notice Governance ended a pause before its time.
    event PauseLifted();

    /// @notice The supervisor's own motion still counts: a second supervisor must join it.
    error MotionOpen(address supervisor, uint64 lapsesAt);
    /// @notice It is paused already; another pause needs two motions after this one.
    error PausedAlready(uint64 until);
    /// @notice There is no pause to lift.
    error NotPaused();

    /// @notice Moves to pause new bookings; within 24 hours of another supervisor's motion this pauses them.
    /// @dev Only a supervisor.
    function movePause() external;

    /// @notice Ends a pause before its time.
    /// @dev Only governance.
    function lift() external;

    /// @notice Whether new bookings are paused now.
    function isPaused() external view returns (bool);

    /// @notice The first second after the last pause; 0 when there was none, or it was lifted.
    function pausedUntil() external view returns (uint64);

    /// @notice The motion that a second supervisor can join now.
    /// @return supervisor Who moved; zero when nobody has.
    /// @return lapsesAt The first second in which it no longer counts.
    function motion() external view returns (address supervisor, uint64 lapsesAt);
}
