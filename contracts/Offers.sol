// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IOffers} from "./interfaces/IOffers.sol";
import {IProfiles} from "./interfaces/IProfiles.sol";
import {NotActive} from "./types/Access.sol";
import {KIND_PRODUCT, KIND_STATION, Offer, Quote} from "./types/Offer.sol";

/// @title Offers: binding quotes of members
/// @notice See IOffers.
contract Offers is IOffers {
    uint32 private constant DEADLINE_LIMIT = 366 days;
    /// @dev 16 bits a day, in the calendar of a product.
    uint32 private constant UNIT_LIMIT = type(uint16).max;

    IProfiles private immutable _profiles;

    mapping(bytes32 id => Offer) private _offers;
    /// @dev Of an offer that supersedes another: the first one of them all.
    mapping(bytes32 id => bytes32 first) private _calendars;

    /// @notice Deploys a list without offers.
    /// @param profiles Knows who may make an offer.
    constructor(IProfiles profiles) {
        _profiles = profiles;
    }

    /// @inheritdoc IOffers
    function publish(
        bytes32 document,
        uint8 kind,
        uint128 price,
        uint32 deadlineSeconds,
        uint32 capacity,
        uint64 validUntil
    ) external returns (bytes32) {
        return _publish(document, kind, price, deadlineSeconds, capacity, validUntil);
    }

    /// @inheritdoc IOffers
    function supersede(
        bytes32 former,
        bytes32 document,
        uint128 price,
        uint32 deadlineSeconds,
        uint32 capacity,
        uint64 validUntil
    ) external returns (bytes32 id) {
        Offer storage offer = _own(former);
        if (!offer.withdrawn) {
            offer.withdrawn = true;
            emit OfferWithdrawn(former);
        }
        id = _publish(document, offer.kind, price, deadlineSeconds, capacity, validUntil);
        _calendars[id] = calendarOf(former);
        emit OfferSuperseded(former, id);
    }

    /// @inheritdoc IOffers
    function withdraw(bytes32 id) external {
        Offer storage offer = _own(id);
        if (offer.withdrawn) revert OfferWithdrawnBefore(id);
        offer.withdrawn = true;
        emit OfferWithdrawn(id);
    }

    /// @inheritdoc IOffers
    function offerOf(bytes32 id) external view returns (Offer memory offer) {
        offer = _offers[id];
        if (offer.member == address(0)) revert OfferUnknown(id);
    }

    /// @inheritdoc IOffers
    function memberOf(bytes32 id) external view returns (address) {
        return _offers[id].member;
    }

    /// @inheritdoc IOffers
    function isLive(bytes32 id) external view returns (bool) {
        return _isLive(_offers[id]);
    }

    /// @inheritdoc IOffers
    function quoteOf(bytes32 id) external view returns (Quote memory) {
        Offer storage offer = _offers[id];
        // Everything is read before the call in _isLive: a word that is read after a call is read again.
        Quote memory quote = Quote({
            member: offer.member,
            price: offer.price,
            deadlineSeconds: offer.deadlineSeconds,
            capacity: offer.capacity,
            kind: offer.kind
        });
        if (!_isLive(offer)) quote.kind = 0;
        return quote;
    }

    /// @inheritdoc IOffers
    function calendarOf(bytes32 id) public view returns (bytes32) {
        bytes32 first = _calendars[id];
        return first == 0 ? id : first;
    }

    function _publish(
        bytes32 document,
        uint8 kind,
        uint128 price,
        uint32 deadlineSeconds,
        uint32 capacity,
        uint64 validUntil
    ) private returns (bytes32 id) {
        if (!_profiles.isActive(msg.sender)) revert NotActive(msg.sender);
        if (document == 0) revert DocumentMissing();
        if (kind != KIND_STATION && kind != KIND_PRODUCT) revert OfferKindInvalid(kind);
        if (deadlineSeconds == 0 || deadlineSeconds > DEADLINE_LIMIT) revert DeadlineOutOfBounds(deadlineSeconds);
        uint32 limit = kind == KIND_PRODUCT ? UNIT_LIMIT : type(uint32).max;
        if (capacity == 0 || capacity > limit) revert CapacityOutOfBounds(capacity, limit);
        if (validUntil < block.timestamp) revert ValidityPast(validUntil, uint64(block.timestamp));
        id = keccak256(abi.encode(msg.sender, document));
        if (_offers[id].member != address(0)) revert OfferExists(id);
        _offers[id] = Offer({
            member: msg.sender,
            validUntil: validUntil,
            deadlineSeconds: deadlineSeconds,
            price: price,
            capacity: capacity,
            publishedAt: uint64(block.number),
            kind: kind,
            withdrawn: false,
            document: document
        });
        emit OfferPublished(id, msg.sender, document, kind, price, deadlineSeconds, capacity, validUntil);
    }

    /// @dev An offer of the caller.
    function _own(bytes32 id) private view returns (Offer storage offer) {
        offer = _offers[id];
        address member = offer.member;
        if (member == address(0)) revert OfferUnknown(id);
        if (member != msg.sender) revert NotOfferMember(id, member, msg.sender);
    }

    /// @dev An offer that was never published has no member, and nobody's account is an active member.
    function _isLive(Offer storage offer) private view returns (bool) {
        (bool withdrawn, uint64 validUntil, address member) = (offer.withdrawn, offer.validUntil, offer.member);
        return !withdrawn && block.timestamp <= validUntil && _profiles.isActive(member);
    }
}
