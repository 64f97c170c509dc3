// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IBelts} from "./interfaces/IBelts.sol";
import {IOffers} from "./interfaces/IOffers.sol";
import {IProfiles} from "./interfaces/IProfiles.sol";
import {NotActive} from "./types/Access.sol";
import {Belt} from "./types/Belt.sol";

/// @title Belts: documents and their offers
/// @notice See IBelts.
contract Belts is IBelts {
    /// @dev One bit a station in the reports of a sheet.
    uint256 private constant STATION_LIMIT = 32;

    IProfiles private immutable _profiles;
    IOffers private immutable _offers;

    mapping(bytes32 belt => Belt) private _belts;

    /// @notice Deploys a list without belts.
    /// @param profiles Knows who may publish a belt.
    /// @param offers Knows which offers are live.
    constructor(IProfiles profiles, IOffers offers) {
        _profiles = profiles;
        _offers = offers;
    }

    /// @inheritdoc IBelts
    function publish(bytes32 document, bytes32 parent, bytes32[] calldata offers) external {
        if (!_profiles.isActive(msg.sender)) revert NotActive(msg.sender);
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
    function beltOf(bytes32 belt) external view returns (Belt memory record) {
        record = _belts[belt];
        if (record.member == address(0)) revert BeltUnknown(belt);
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
}
