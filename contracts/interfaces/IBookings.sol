// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IDisputes} from "./IDisputes.sol";
import {IEscrow} from "./IEscrow.sol";
import {ISheets} from "./ISheets.sol";
import {IStays} from "./IStays.sol";
import {Permit} from "../types/Permit.sol";

/// @title What was agreed, and how it ended
/// @notice A consumer books a sheet of cases on a belt; each station reports how the cases ended: all done but these.
/// A single offer of a station can be booked alone, and a product by the day: that is a sheet of one station, whose
/// cases are the units of each day, and everything else is the same for it.
///
/// Statuses are written for the exceptions only, so that a good sheet costs the same at any size. A station reports
/// everything at once, or in parts of 64 cases.
///
/// The whole price is held from the booking on. A station that has reported is paid for the cases it has done, and the
/// consumer gets the rest back, as soon as the consumer accepts the report, or for anybody who asks once the acceptance
/// window is over; what a station leaves unreported is refunded after the deadline. So nothing is held for ever: at
/// most until the deadline, the acceptance window, and the time in which a dispute is decided, have passed.
interface IBookings is IStays, IDisputes, ISheets, IEscrow {
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
    /// @notice A consumer booked a sheet on a single offer of a station.
    /// @param sheet The sheet's id.
    /// @param offer The offer.
    /// @param consumer Who booked.
    /// @param root The Merkle root of the cases' commitments.
    /// @param count The number of cases.
    /// @param deadline The last second in which the station may report.
    /// @param cost What the consumer paid in.
    event OfferBooked(
        bytes32 indexed sheet,
        bytes32 indexed offer,
        address indexed consumer,
        bytes32 root,
        uint16 count,
        uint64 deadline,
        uint256 cost
    );
    /// @notice A consumer booked a product.
    /// @param sheet The sheet's id.
    /// @param offer The offer.
    /// @param consumer Who booked.
    /// @param root What the consumer commits to: a hash of its own.
    /// @param firstDay The first day: days since 1970-01-01, in UTC.
    /// @param dayCount The number of days.
    /// @param units The units on each of them.
    /// @param deadline The last second in which the member may report.
    /// @param cost What the consumer paid in.
    event ProductBooked(
        bytes32 indexed sheet,
        bytes32 indexed offer,
        address indexed consumer,
        bytes32 root,
        uint32 firstDay,
        uint16 dayCount,
        uint16 units,
        uint64 deadline,
        uint256 cost
    );
    /// @notice A station reported: every case in the slots that it covers is done but those in the words.
    /// @param sheet The sheet.
    /// @param station The station's number.
    /// @param member Who reported.
    /// @param covered The slots of 64 cases that this report is about: bit n is slot n.
    /// @param slots The slots that hold an exception.
    /// @param words Of each slot its 64 statuses.
    event SheetReported(
        bytes32 indexed sheet,
        uint8 indexed station,
        address indexed member,
        uint16 covered,
        uint16[] slots,
        uint256[] words
    );
    /// @notice A station was paid for what it has done and nobody disputes, and what it reported as not done was
    /// refunded: both are owed since.
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
    /// @notice The consumer cancelled the sheet: its deadline is earlier now.
    /// @param sheet The sheet.
    /// @param deadline The last second in which a station may report.
    event SheetCancelled(bytes32 indexed sheet, uint64 deadline);
    /// @notice A station gave up the cases that it had not reported.
    /// @param sheet The sheet.
    /// @param station The station's number.
    /// @param member Whose station it is.
    /// @param refunded What the consumer is owed for them.
    event StationDeclined(
        bytes32 indexed sheet, uint8 indexed station, address indexed member, uint256 refunded
    );
    /// @notice What the stations did not report in time is closed.
    /// @param sheet The sheet.
    /// @param unreported The stations that left something unreported: bit n is station n.
    /// @param refunded What the consumer is owed for that.
    event SheetExpired(bytes32 indexed sheet, uint32 unreported, uint256 refunded);

    /// @notice Two supervisors paused new bookings, until this time (Unix) at most.
    error BookingsPaused(uint64 until);
    /// @notice A booking needs its manifest's root.
    error RootMissing();
    /// @notice The consumer booked this manifest before.
    error SheetExists(bytes32 sheet);
    /// @notice No such belt.
    error BeltUnknown(bytes32 belt);
    /// @notice The offer was withdrawn, is past its validity, or its member is not active.
    error OfferNotLive(bytes32 offer);
    /// @notice The offer is of another kind: 1 is a station's, which belts are made of; 2 is a product.
    error OfferKindDiffers(bytes32 offer, uint8 kind, uint8 asked);
    /// @notice A sheet has 1 to 1,024 cases.
    error CountOutOfBounds(uint256 count);
    /// @notice The offer takes fewer cases a sheet.
    error CapacityExceeded(bytes32 offer, uint32 capacity, uint256 count);
    /// @notice The deadline leaves a station less time than its offer says, or is further away than 732 days.
    error DeadlineOutOfBounds(uint64 deadline, uint64 earliest, uint64 latest);
    /// @notice The booking costs more than the consumer agreed to.
    error CostExceeded(uint256 cost, uint256 maxCost);

    /// @notice The station has reported everything, or declined the rest.
    error StationClosed(bytes32 sheet, uint8 station);
    /// @notice The deadline has passed.
    error DeadlinePassed(bytes32 sheet, uint64 deadline, uint64 time);
    /// @notice A report covers at least one slot, and none that the sheet does not have.
    error CoverOutOfBounds(uint16 covered, uint16 all);
    /// @notice The station has reported these slots before.
    error CoveredBefore(bytes32 sheet, uint8 station, uint16 slots);
    /// @notice A station may not report this status.
    error StatusRefused(uint256 caseIndex, uint8 status);

    /// @notice No station is named.
    error StationsMissing();
    /// @notice There is no whole report to settle, and the station can still report the rest.
    error StationUnreported(bytes32 sheet, uint8 station);
    /// @notice The consumer can still look at the report.
    error WindowOpen(bytes32 sheet, uint8 station, uint64 end, uint64 time);

    /// @notice The deadline comes before the cancellation would take effect.
    error NothingToCancel(bytes32 sheet, uint64 deadline);
    /// @notice The deadline has not passed yet.
    error DeadlineNotPassed(bytes32 sheet, uint64 deadline, uint64 time);
    /// @notice No station has left anything unreported, or that was refunded before.
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

    /// @notice Books like `book`, with the consumer's signature instead of a former approval. A signature that does not
    /// count any more, since somebody has used it first, is no hindrance when the cost can be taken all the same.
    /// @dev Only an active member, in a currency with permits (ERC-2612).
    /// @param belt The belt.
    /// @param root The Merkle root of the cases' commitments (the manifest).
    /// @param count The number of cases, 1 to 1,024.
    /// @param deadline The last second (Unix time) in which a station may report.
    /// @param maxCost The most that the consumer agrees to.
    /// @param permit The consumer's signature.
    /// @return sheet keccak256(abi.encode(block.chainid, address of this contract, consumer, root)).
    function bookWithPermit(
        bytes32 belt,
        bytes32 root,
        uint16 count,
        uint64 deadline,
        uint256 maxCost,
        Permit calldata permit
    ) external returns (bytes32 sheet);

    /// @notice Books a sheet on a single offer of a station, like `book`.
    /// @dev Only an active member.
    /// @param offer The offer.
    /// @param root The Merkle root of the cases' commitments (the manifest).
    /// @param count The number of cases, 1 to 1,024.
    /// @param deadline The last second (Unix time) in which the station may report.
    /// @param maxCost The most that the consumer agrees to.
    /// @return sheet keccak256(abi.encode(block.chainid, address of this contract, consumer, root)).
    function bookOffer(bytes32 offer, bytes32 root, uint16 count, uint64 deadline, uint256 maxCost)
        external
        returns (bytes32 sheet);

    /// @notice Books units of a product for a number of days. Each unit on each day is a case, at the offer's price; its
    /// member can report it as done once its day has begun, and has the offer's deadline after the last day for that.
    /// @dev Only an active member.
    /// @param offer The offer.
    /// @param firstDay The first day, today or later: days since 1970-01-01, in UTC.
    /// @param dayCount The number of days.
    /// @param units The units on each of them; at most 1,024 in all.
    /// @param root What the consumer commits to, such as the salted hash of an order; not zero, and another one for every
    /// booking.
    /// @param maxCost The most that the consumer agrees to; the cost is price times days times units.
    /// @return sheet keccak256(abi.encode(block.chainid, address of this contract, consumer, root)).
    function bookProduct(
        bytes32 offer,
        uint32 firstDay,
        uint16 dayCount,
        uint16 units,
        bytes32 root,
        uint256 maxCost
    ) external returns (bytes32 sheet);

    /// @notice Reports how a station's cases ended: all done but these. Before the deadline, at once or in parts, of
    /// which no two cover the same slot. With the part that completes them the acceptance window begins; without it, at
    /// the deadline.
    /// @dev Only the member whose offer the station is.
    /// @param sheet The sheet.
    /// @param station The station's number: its place in the belt's offers.
    /// @param covered The slots of 64 cases that this report is about: bit n is slot n.
    /// @param slots Those of them that hold an exception, growing strictly.
    /// @param words Of each of these its 64 statuses: 0 done, 1 skipped, 2 unprocessable, 3 failed, 4 blocked, 5 not
    /// ended in time.
    function report(
        bytes32 sheet,
        uint8 station,
        uint16 covered,
        uint16[] calldata slots,
        uint256[] calldata words
    ) external;

    /// @notice Accepts stations' reports: the stations are paid for what they have done and is not in dispute, the
    /// consumer is refunded what is not done. Nothing more can be disputed then.
    /// @dev Only the consumer.
    /// @param sheet The sheet.
    /// @param stations The stations: bit n is station n.
    function accept(bytes32 sheet, uint32 stations) external;

    /// @notice Settles what the consumer did not accept, once the acceptance window is over.
    /// @dev Anybody.
    /// @param sheet The sheet.
    /// @param stations The stations: bit n is station n.
    function settle(bytes32 sheet, uint32 stations) external;

    /// @notice Cancels a sheet: the stations have one more hour, if the deadline leaves them so much. What they report by
    /// then is settled as usual, and the rest refunded by `expire`. The days of a product that begin later are free.
    /// @dev Only the consumer.
    /// @param sheet The sheet.
    function cancel(bytes32 sheet) external;

    /// @notice Gives up all cases of a station that it has not reported: the consumer is refunded at once. What it has
    /// reported is settled as usual; the acceptance window begins. The days of a product that are still ahead are free.
    /// @dev Only the member whose offer the station is, until it has reported everything or the deadline has passed.
    /// @param sheet The sheet.
    /// @param station The station's number.
    function decline(bytes32 sheet, uint8 station) external;

    /// @notice Refunds, after the deadline, what the stations did not report.
    /// @dev Anybody.
    /// @param sheet The sheet.
    function expire(bytes32 sheet) external;
}
