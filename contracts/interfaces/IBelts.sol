// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Belt} from "../types/Belt.sol";

/// @title Which belts there are
/// @notice A belt is named by the SHA-256 of its canonical document, which any node serves. Whoever reads the
/// document checks that its offers are the ones here, since the ledger cannot read it.
///
/// A belt never changes: a new version is a new belt. Its steward says which one to book instead. That is advice: a
/// deprecated belt can be booked like any other, since a consumer may have to keep to a version, and who works at its
/// stations stops by withdrawing offers. Members that found a belt good endorse it, each once.
interface IBelts {
    /// @notice A belt can be booked from now on.
    /// @param belt The hash of its document.
    /// @param member Who published it.
    /// @param parent The belt that it forks; zero when it forks none.
    /// @param offers The offer of every station, in the order of the stations' numbers.
    event BeltPublished(
        bytes32 indexed belt, address indexed member, bytes32 indexed parent, bytes32[] offers
    );
    /// @notice A steward wants another member to take over.
    /// @param belt The belt.
    /// @param steward Its steward, until the other accepts.
    /// @param candidate Who may accept; zero takes the wish back.
    event StewardProposed(bytes32 indexed belt, address indexed steward, address indexed candidate);
    /// @notice Another member answers for a belt from now on.
    /// @param belt The belt.
    /// @param former Who did before.
    /// @param steward Who does now.
    event StewardChanged(bytes32 indexed belt, address indexed former, address indexed steward);
    /// @notice A steward advises against a belt, or names another one in its stead.
    /// @param belt The belt.
    /// @param steward Its steward.
    /// @param successor The belt to book instead; zero when there is none (yet).
    event BeltDeprecated(bytes32 indexed belt, address indexed steward, bytes32 indexed successor);
    /// @notice A member endorses a belt.
    /// @param belt The belt.
    /// @param member The member.
    event BeltEndorsed(bytes32 indexed belt, address indexed member);
    /// @notice A member does not endorse a belt any more.
    /// @param belt The belt.
    /// @param member The member.
    event EndorsementWithdrawn(bytes32 indexed belt, address indexed member);

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
    /// @notice Only the belt's steward may do this.
    error NotSteward(bytes32 belt, address steward, address account);
    /// @notice Only the member that the steward proposed may take over.
    error NotStewardCandidate(bytes32 belt, address candidate, address account);
    /// @notice The belt is deprecated, and its successor is named: both for good.
    error BeltDeprecatedBefore(bytes32 belt, bytes32 successor);
    /// @notice A successor is another belt, not older than the one that it succeeds, and not deprecated.
    error SuccessorRefused(bytes32 belt, bytes32 successor);
    /// @notice Who published a belt, or is its steward, does not endorse it.
    error OwnBelt(bytes32 belt, address member);
    /// @notice The member endorses the belt already.
    error EndorsementExists(bytes32 belt, address member);
    /// @notice The member does not endorse the belt.
    error EndorsementUnknown(bytes32 belt, address member);

    /// @notice Publishes a belt.
    /// @dev Only an active member.
    /// @param document SHA-256 of the belt's canonical document (RFC 8785); it becomes the belt's name.
    /// @param parent The belt that it forks, or zero.
    /// @param offers The offer of every station, in the order of the stations' names (by UTF-16 code units).
    function publish(bytes32 document, bytes32 parent, bytes32[] calldata offers) external;

    /// @notice Proposes another member as steward: nothing changes until it accepts.
    /// @dev Only the steward, of an active member.
    /// @param belt The belt.
    /// @param candidate Who is to take over; zero takes the proposal back.
    function proposeSteward(bytes32 belt, address candidate) external;

    /// @notice Takes a belt over. An endorsement of it by the new steward ends.
    /// @dev Only the active member that the steward proposed.
    /// @param belt The belt.
    function acceptSteward(bytes32 belt) external;

    /// @notice Advises against a belt, for good; again only to name the successor that there was not at first.
    /// @dev Only the steward, as an active member.
    /// @param belt The belt.
    /// @param successor The belt to book instead: not older, and not deprecated; or zero.
    function deprecate(bytes32 belt, bytes32 successor) external;

    /// @notice Endorses a belt: the caller found it good, and others may follow.
    /// @dev Only an active member, of a belt that it neither published nor is the steward of.
    /// @param belt The belt.
    function endorse(bytes32 belt) external;

    /// @notice Takes the caller's endorsement back.
    /// @dev Only who endorsed it.
    /// @param belt The belt.
    function withdrawEndorsement(bytes32 belt) external;

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

    /// @notice The member that may take a belt over; zero when there is none.
    /// @param belt The hash of the belt's document.
    function stewardCandidateOf(bytes32 belt) external view returns (address);

    /// @notice Whether a member endorses a belt.
    /// @param belt The hash of the belt's document.
    /// @param member Any account.
    function isEndorsedBy(bytes32 belt, address member) external view returns (bool);
}
