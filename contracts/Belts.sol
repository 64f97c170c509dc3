// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IBelts} from "./interfaces/IBelts.sol";
import {IOffers} from "./interfaces/IOffers.sol";
import {IProfiles} from "./interfaces/IProfiles.sol";
import {NotActive} from "./types/Access.sol";
import {Belt} from "./types/Belt.sol";

/// @title Belts: documents and their offers, their stewards, and what members think of them
/// @notice See IBelts.
contract Belts is IBelts {
    /// @dev One bit a station in the reports of a sheet.
    uint256 private constant STATION_LIMIT = 32;

    IProfiles private immutable _profiles;
    IOffers private immutable _offers;

    /// @dev The steward is written when it changes for the first time: until then it is who published the belt.
    mapping(bytes32 belt => Belt) private _belts;
    mapping(bytes32 belt => address) private _candidates;
    mapping(bytes32 belt => mapping(address member => bool)) private _endorsed;

    /// @notice Deploys a list without belts.
    /// @param profiles Knows who may publish a belt.
    /// @param offers Knows which offers are live.
    constructor(IProfiles profiles, IOffers offers) {
        _profiles = profiles;
        _offers = offers;
    }

    /// @inheritdoc IBelts
    function publish(bytes32 document, bytes32 parent, bytes32[] calldata offers) external {
        _requireActive(msg.sender);
        if (document == 0) revert BeltMissing();
        if (offers.length == 0 || offers.length > STATION_LIMIT) revert StationsOutOfBounds(offers.length);
        Belt storage belt = _belts[document];
        if (belt.member != address(0)) revert BeltExists(document);
        if (parent != 0 && _belts[parent].member == address(0)) revert BeltUnknown(parent);
        for (uint256 i = 0; i < offers.length; ++i) {
            if (!_offers.isLive(offers[i])) revert OfferNotLive(offers[i]);
        }
        belt.member = msg.sender;
        belt.publishedAt = uint64(block.number);
        belt.parent = parent;
        belt.offers = offers;
        emit BeltPublished(document, msg.sender, parent, offers);
    }

    /// @inheritdoc IBelts
    function proposeSteward(bytes32 belt, address candidate) external {
        _requireSteward(belt, _known(belt));
        if (candidate != address(0)) _requireActive(candidate);
        _candidates[belt] = candidate;
        emit StewardProposed(belt, msg.sender, candidate);
    }

    /// @inheritdoc IBelts
    function acceptSteward(bytes32 belt) external {
        Belt storage record = _known(belt);
        address candidate = _candidates[belt];
        if (msg.sender != candidate) revert NotStewardCandidate(belt, candidate, msg.sender);
        _requireActive(msg.sender);
        address former = _stewardOf(record);
        delete _candidates[belt];
        record.steward = msg.sender;
        emit StewardChanged(belt, former, msg.sender);
        if (_endorsed[belt][msg.sender]) _withdrawEndorsement(belt, record);
    }

    /// @inheritdoc IBelts
    function deprecate(bytes32 belt, bytes32 successor) external {
        Belt storage record = _known(belt);
        _requireActive(msg.sender);
        _requireSteward(belt, record);
        bool before = record.deprecatedAt != 0;
        if (before && (record.successor != 0 || successor == 0)) revert BeltDeprecatedBefore(belt, record.successor);
        if (successor != 0) {
            Belt storage next = _known(successor);
            // What is deprecated succeeds nothing: so successors never lead back to where they began.
            bool refused = successor == belt || next.deprecatedAt != 0 || next.publishedAt < record.publishedAt;
            if (refused) revert SuccessorRefused(belt, successor);
            record.successor = successor;
        }
        if (!before) record.deprecatedAt = uint64(block.number);
        emit BeltDeprecated(belt, msg.sender, successor);
    }

    /// @inheritdoc IBelts
    function endorse(bytes32 belt) external {
        Belt storage record = _known(belt);
        _requireActive(msg.sender);
        if (msg.sender == record.member || msg.sender == record.steward) revert OwnBelt(belt, msg.sender);
        if (_endorsed[belt][msg.sender]) revert EndorsementExists(belt, msg.sender);
        _endorsed[belt][msg.sender] = true;
        ++record.endorsements;
        emit BeltEndorsed(belt, msg.sender);
    }

    /// @inheritdoc IBelts
    function withdrawEndorsement(bytes32 belt) external {
        Belt storage record = _known(belt);
        if (!_endorsed[belt][msg.sender]) revert EndorsementUnknown(belt, msg.sender);
        _withdrawEndorsement(belt, record);
    }

    /// @inheritdoc IBelts
    function beltOf(bytes32 belt) external view returns (Belt memory record) {
        record = _known(belt);
        if (record.steward == address(0)) record.steward = record.member;
    }

    /// @inheritdoc IBelts
    function offersOf(bytes32 belt) external view returns (bytes32[] memory) {
        return _belts[belt].offers;
    }

    /// @inheritdoc IBelts
    function offerAt(bytes32 belt, uint8 station) external view returns (bytes32) {
        bytes32[] storage offers = _belts[belt].offers;
        if (station >= offers.length) revert StationUnknown(belt, station, offers.length);
        return offers[station];
    }

    /// @inheritdoc IBelts
    function stewardCandidateOf(bytes32 belt) external view returns (address) {
        return _candidates[belt];
    }

    /// @inheritdoc IBelts
    function isEndorsedBy(bytes32 belt, address member) external view returns (bool) {
        return _endorsed[belt][member];
    }

    function _withdrawEndorsement(bytes32 belt, Belt storage record) private {
        _endorsed[belt][msg.sender] = false;
        --record.endorsements;
        emit EndorsementWithdrawn(belt, msg.sender);
    }

    function _known(bytes32 belt) private view returns (Belt storage record) {
        record = _belts[belt];
        if (record.member == address(0)) revert BeltUnknown(belt);
    }

    function _requireSteward(bytes32 belt, Belt storage record) private view {
        address steward = _stewardOf(record);
        if (msg.sender != steward) revert NotSteward(belt, steward, msg.sender);
    }

    function _requireActive(address account) private view {
        if (!_profiles.isActive(account)) revert NotActive(account);
    }

    function _stewardOf(Belt storage record) private view returns (address) {
        return record.steward == address(0) ? record.member : record.steward;
    }
}
