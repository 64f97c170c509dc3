// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Belt} from "../types/Belt.sol";

/// @title Which belts there are
/// @notice A belt is named by the SHA-256 of its canonical document, which any node serves. Whoever reads the
/// document checks that its offers are the ones here, since the ledger cannot read it.
interface IBelts {
    /// @notice A belt can be booked from now on.
    /// @param belt The hash of its document.
    /// @param member Who published it.
    /// @param parent The belt that it forks; zero when it forks none.
    /// @param offers The offer of every station, in the order of the stations' numbers.
    event BeltPublished(
        bytes32 indexed belt, address indexed member, bytes32 indexed parent, bytes32[] offers
    );

    /// @notice A belt needs its document's hash.
    error BeltMissing();
    /// @notice The belt was published before.
    error BeltExists(bytes32 belt);
    /// @notice No such belt.
    error BeltUnknown(bytes32 belt);
    /// @notice A belt has 1 to 32 stations.
    error StationsOutOfBounds(uint256 stations);
    /// @notice The belt has no station with this number.
    error StationUnknown(bytes32 belt, uint256 station, uint256 stations);
    /// @notice The offer of a station does not exist, was withdrawn, is past its validity, or its member is not active.
    error OfferNotLive(bytes32 offer);

    /// @notice Publishes a belt.
    /// @dev Only an active member.
    /// @param document SHA-256 of the belt's canonical document (RFC 8785); it becomes the belt's name.
    /// @param parent The belt that it forks, or zero.
    /// @param offers The offer of every station, in the order of the stations' names (by UTF-16 code units).
    function publish(bytes32 document, bytes32 parent, bytes32[] calldata offers) external;

    /// @notice The belt; reverts with BeltUnknown when there is none.
    /// @param belt The hash of the belt's document.
    function beltOf(bytes32 belt) external view returns (Belt memory);

    /// @notice The offers of a belt's stations; empty when there is no such belt.
    /// @param belt The hash of the belt's document.
    function offersOf(bytes32 belt) external view returns (bytes32[] memory);

    /// @notice The offer of one station; reverts with StationUnknown when there is none.
    /// @param belt The hash of the belt's document.
    /// @param station The station's number: its place in the offers.
    function offerAt(bytes32 belt, uint8 station) external view returns (bytes32);
}
