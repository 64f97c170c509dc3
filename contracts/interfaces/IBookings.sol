// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IEscrow} from "./IEscrow.sol";
import {Sheet, Station} from "../types/Sheet.sol";

/// @title What was agreed, and how it ended
/// @notice A consumer books a sheet of cases on a belt; each station reports once how the cases ended: all done but
/// these. Statuses are written for the exceptions only, so that a good sheet costs the same at any size. See the
/// library Statuses for their codes and their places in the words.
///
/// The whole price is held from the booking on. A station that has reported is paid for the cases it has done, and the
/// consumer gets the rest back, as soon as the consumer accepts the report, or for anybody who asks once the acceptance
/// window is over; of a station that never reports the consumer gets everything back. So nothing is held for ever: at
/// most until the deadline and the acceptance window have passed.
interface IBookings is IEscrow {
    /// @notice A consumer booked a sheet.
    /// @param sheet The sheet's id.
    /// @param belt The belt.
    /// @param consumer Who booked.
    /// @param root The Merkle root of the cases' commitments.
    /// @param count The number of cases.
    /// @param deadline The last second in which a station may report.
    /// @param cost What the consumer paid in: the most that it can come to pay.
    event SheetBooked(
        bytes32 indexed sheet,
        bytes32 indexed belt,
        address indexed consumer,
        bytes32 root,
        uint16 count,
        uint64 deadline,
        uint256 cost
    );
    /// @notice A station reported: every case is done but those in the words.
    /// @param sheet The sheet.
    /// @param station The station's number.
    /// @param member Who reported.
    /// @param slots The slots that hold an exception.
    /// @param words Of each slot its 64 statuses.
    event SheetReported(
        bytes32 indexed sheet, uint8 indexed station, address indexed member, uint16[] slots, uint256[] words
    );
    /// @notice A station was paid for what it has done, and what it has not done was refunded: both are owed since.
    /// @param sheet The sheet.
    /// @param station The station's number.
    /// @param member Who is paid.
    /// @param settler Who settled: the consumer that accepted, or anybody after the acceptance window.
    /// @param paid What the member is owed.
    /// @param refunded What the consumer is owed.
    event StationSettled(
        bytes32 indexed sheet,
        uint8 indexed station,
        address indexed member,
        address settler,
        uint256 paid,
        uint256 refunded
    );
    /// @notice The stations that did not report in time are closed.
    /// @param sheet The sheet.
    /// @param unreported These stations: bit n is station n.
    /// @param refunded What the consumer is owed for them: all that was held.
    event SheetExpired(bytes32 indexed sheet, uint32 unreported, uint256 refunded);

    /// @notice An acceptance window is at most 30 days.
    error WindowOutOfBounds(uint64 window);

    /// @notice Two supervisors paused new bookings, until this time (Unix) at most.
    error BookingsPaused(uint64 until);
    /// @notice A booking needs its manifest's root.
    error RootMissing();
    /// @notice The consumer booked this manifest before.
    error SheetExists(bytes32 sheet);
    /// @notice No such sheet.
    error SheetUnknown(bytes32 sheet);
    /// @notice No such belt.
    error BeltUnknown(bytes32 belt);
    /// @notice An offer of the belt was withdrawn, is past its validity, or its member is not active.
    error OfferNotLive(bytes32 offer);
    /// @notice A sheet has 1 to 1,024 cases.
    error CountOutOfBounds(uint256 count);
    /// @notice The offer takes fewer cases a sheet.
    error CapacityExceeded(bytes32 offer, uint32 capacity, uint256 count);
    /// @notice The deadline leaves a station less time than its offer says, or is further away than 732 days.
    error DeadlineOutOfBounds(uint64 deadline, uint64 earliest, uint64 latest);
    /// @notice The booking costs more than the consumer agreed to.
    error CostExceeded(uint256 cost, uint256 maxCost);

    /// @notice The sheet has no station with this number.
    error StationUnknown(bytes32 sheet, uint8 station, uint8 stations);
    /// @notice Only the member whose offer the station is may report.
    error NotStationMember(bytes32 sheet, uint8 station, address member, address account);
    /// @notice The station reported before.
    error StationReported(bytes32 sheet, uint8 station);
    /// @notice The deadline has passed.
    error DeadlinePassed(bytes32 sheet, uint64 deadline, uint64 time);
    /// @notice Every slot needs its word.
    error LengthsDiffer(uint256 slots, uint256 words);
    /// @notice Slots grow strictly.
    error SlotOutOfOrder(uint16 former, uint16 slot);
    /// @notice The sheet has fewer words of statuses.
    error SlotOutOfBounds(uint16 slot, uint256 slots);
    /// @notice A word without an exception is left out.
    error WordEmpty(uint16 slot);
    /// @notice A station may not report this status.
    error StatusRefused(uint256 caseIndex, uint8 status);
    /// @notice The sheet has no such case.
    error CaseUnknown(bytes32 sheet, uint256 caseIndex, uint16 count);

    /// @notice Only the consumer accepts.
    error NotConsumer(bytes32 sheet, address consumer, address account);
    /// @notice There is no report to settle.
    error StationUnreported(bytes32 sheet, uint8 station);
    /// @notice The station was settled before.
    error StationSettledBefore(bytes32 sheet, uint8 station);
    /// @notice The consumer can still look at the report.
    error WindowOpen(bytes32 sheet, uint8 station, uint64 end, uint64 time);

    /// @notice The deadline has not passed yet.
    error DeadlineNotPassed(bytes32 sheet, uint64 deadline, uint64 time);
    /// @notice Every station has reported, or the sheet was closed before.
    error NothingToExpire(bytes32 sheet);

    /// @notice Books a sheet on every station of a belt, all or nothing, and takes the whole price from the consumer, who
    /// has approved that in the currency before.
    /// @dev Only an active member.
    /// @param belt The belt.
    /// @param root The Merkle root of the cases' commitments (the manifest).
    /// @param count The number of cases, 1 to 1,024.
    /// @param deadline The last second (Unix time) in which a station may report.
    /// @param maxCost The most that the consumer agrees to; the cost is `count` times the sum of the offers' prices.
    /// @return sheet keccak256(abi.encode(block.chainid, address of this contract, consumer, root)).
    function book(bytes32 belt, bytes32 root, uint16 count, uint64 deadline, uint256 maxCost)
        external
        returns (bytes32 sheet);

    /// @notice Reports how a station's cases ended: all done but these. Once, before the deadline.
    /// @dev Only the member whose offer the station is.
    /// @param sheet The sheet.
    /// @param station The station's number: its place in the belt's offers.
    /// @param slots The slots that hold an exception, growing strictly.
    /// @param words Of each slot its 64 statuses: 0 done, 1 skipped, 2 unprocessable, 3 failed, 4 blocked.
    function report(bytes32 sheet, uint8 station, uint16[] calldata slots, uint256[] calldata words) external;

    /// @notice Accepts a station's report: the station is paid for what it has done, the consumer refunded the rest.
    /// @dev Only the consumer.
    /// @param sheet The sheet.
    /// @param station The station's number.
    function accept(bytes32 sheet, uint8 station) external;

    /// @notice Settles what the consumer did not accept, once the acceptance window is over.
    /// @dev Anybody.
    /// @param sheet The sheet.
    /// @param station The station's number.
    function settle(bytes32 sheet, uint8 station) external;

    /// @notice Closes the stations that did not report, after the deadline, and refunds their prices.
    /// @dev Anybody.
    /// @param sheet The sheet.
    function expire(bytes32 sheet) external;

    /// @notice The status of one case at one station: as reported; 5 (expired) when the deadline has passed without a
    /// report; 15 (open) while the station can still report.
    /// @param sheet The sheet.
    /// @param station The station's number.
    /// @param caseIndex The case's place in the sheet, from 0.
    function statusOf(bytes32 sheet, uint8 station, uint16 caseIndex) external view returns (uint8);

    /// @notice The sheet; reverts with SheetUnknown when there is none. Its root is in the event, and in its id.
    /// @param sheet The sheet.
    function sheetOf(bytes32 sheet) external view returns (Sheet memory);

    /// @notice A station of a sheet: its price, and how far it is.
    /// @param sheet The sheet.
    /// @param station The station's number.
    function stationOf(bytes32 sheet, uint8 station) external view returns (Station memory);

    /// @notice The seconds after a report in which only the consumer can settle it.
    function acceptanceWindow() external view returns (uint64);
}
