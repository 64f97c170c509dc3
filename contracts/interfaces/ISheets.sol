// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Sheet, Station} from "../types/Sheet.sol";

/// @title What the ledger knows of sheets
/// @notice Statuses are written for the exceptions only: a case that a station has covered and that has none is done.
/// See the library Statuses for their codes and their places in the words.
interface ISheets {
    /// @notice An acceptance window is at most 30 days.
    error WindowOutOfBounds(uint64 window);
    /// @notice No such sheet.
    error SheetUnknown(bytes32 sheet);
    /// @notice The sheet has no station with this number.
    error StationUnknown(bytes32 sheet, uint8 station, uint8 stations);
    /// @notice The sheet has no such case.
    error CaseUnknown(bytes32 sheet, uint256 caseIndex, uint16 count);
    /// @notice Only the consumer may do this.
    error NotConsumer(bytes32 sheet, address consumer, address account);
    /// @notice Only the member whose station it is may do this.
    error NotStationMember(bytes32 sheet, uint8 station, address member, address account);
    /// @notice The station was settled before.
    error StationSettledBefore(bytes32 sheet, uint8 station);
    /// @notice Every slot needs its word.
    error LengthsDiffer(uint256 slots, uint256 words);
    /// @notice Slots grow strictly.
    error SlotOutOfOrder(uint16 former, uint16 slot);
    /// @notice The slot is not among those that the station covers.
    error SlotNotCovered(uint16 slot, uint16 covered);
    /// @notice A word without any case is left out.
    error WordEmpty(uint16 slot);

    /// @notice The status of one case at one station: as reported; 5 (expired) when the deadline has passed without a
    /// report; 6 (disputed) while a dispute of it is open, and 7 (upheld) once it was decided for the consumer; 8
    /// (declined) when the station declined it; 15 (open) while the station can still report it.
    /// @param sheet The sheet.
    /// @param station The station's number.
    /// @param caseIndex The case's place in the sheet, from 0.
    function statusOf(bytes32 sheet, uint8 station, uint16 caseIndex) external view returns (uint8);

    /// @notice The sheet; reverts with SheetUnknown when there is none. Its belt or offer, and its root, are in the event
    /// that tells of the booking; the root is in its id too.
    /// @param sheet The sheet.
    function sheetOf(bytes32 sheet) external view returns (Sheet memory);

    /// @notice A station of a sheet: whose it is, its price, and how far it is.
    /// @param sheet The sheet.
    /// @param station The station's number.
    function stationOf(bytes32 sheet, uint8 station) external view returns (Station memory);

    /// @notice The seconds, after a station has reported everything, in which only the consumer can settle it.
    function acceptanceWindow() external view returns (uint64);
}
