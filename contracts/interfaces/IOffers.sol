// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Offer, Quote} from "../types/Offer.sol";

/// @title What is on offer
/// @notice Offers are binding quotes. They never change: a new version is a new offer, and withdrawing one leaves
/// what was booked as it is. A new version of a product supersedes the former one: it takes over its calendar, so that
/// nothing is booked twice because it was offered twice. Which offers are versions of one product is the member's to
/// say; nodes take the name in the offer's document for it.
interface IOffers {
    /// @notice A member made an offer.
    /// @param id keccak256(abi.encode(member, document)).
    /// @param member Who offers.
    /// @param document SHA-256 of the offer's canonical document.
    /// @param kind 1 station, 2 product.
    /// @param price The price of one case; of a product, of one unit for one day.
    /// @param deadlineSeconds The time that the work takes at most; of a product, that its report takes.
    /// @param capacity The cases of one sheet at most; of a product, the units of every day.
    /// @param validUntil The last second in which it can be booked.
    event OfferPublished(
        bytes32 indexed id,
        address indexed member,
        bytes32 document,
        uint8 kind,
        uint128 price,
        uint32 deadlineSeconds,
        uint32 capacity,
        uint64 validUntil
    );
    /// @notice A member took an offer back.
    /// @param id The offer.
    event OfferWithdrawn(bytes32 indexed id);
    /// @notice An offer is a new version of another one, which cannot be booked any more.
    /// @param former The other one.
    /// @param id The new one, which was published right before.
    event OfferSuperseded(bytes32 indexed former, bytes32 indexed id);

    /// @notice An offer needs its document's hash.
    error DocumentMissing();
    /// @notice The member has published this document before.
    error OfferExists(bytes32 id);
    /// @notice No such offer.
    error OfferUnknown(bytes32 id);
    /// @notice The offer was withdrawn before.
    error OfferWithdrawnBefore(bytes32 id);
    /// @notice Only the member that made the offer may do this.
    error NotOfferMember(bytes32 id, address member, address account);
    /// @notice A kind is 1 (station) or 2 (product).
    error OfferKindInvalid(uint8 kind);
    /// @notice A deadline is 1 second to 366 days.
    error DeadlineOutOfBounds(uint32 deadlineSeconds);
    /// @notice An offer takes one case at least; a product has 1 to 65,535 units.
    error CapacityOutOfBounds(uint32 capacity, uint32 limit);
    /// @notice The validity ends before it begins.
    error ValidityPast(uint64 validUntil, uint64 time);

    /// @notice Publishes an offer of the caller.
    /// @dev Only an active member.
    /// @param document SHA-256 of the offer's canonical document (RFC 8785).
    /// @param kind 1 station, 2 product.
    /// @param price The price of one case, in the smallest unit of credit; of a product, of one unit for one day.
    /// @param deadlineSeconds The time that the work takes at most; of a product, that its report takes after the last
    /// day.
    /// @param capacity The cases of one sheet at most; of a product, the units that there are on every day.
    /// @param validUntil The last second (Unix time) in which it can be booked.
    /// @return id keccak256(abi.encode(member, document)).
    function publish(
        bytes32 document,
        uint8 kind,
        uint128 price,
        uint32 deadlineSeconds,
        uint32 capacity,
        uint64 validUntil
    ) external returns (bytes32 id);

    /// @notice Publishes an offer of the caller as the new version of a former one, of the same kind. The former one is
    /// withdrawn, if it was not; the calendar of a product goes on with all that is taken in it.
    /// @dev Only an active member, of its own offer.
    /// @param former The former offer.
    /// @param document SHA-256 of the offer's canonical document (RFC 8785).
    /// @param price See `publish`, like all that follows.
    /// @param deadlineSeconds See `publish`.
    /// @param capacity See `publish`.
    /// @param validUntil See `publish`.
    /// @return id keccak256(abi.encode(member, document)).
    function supersede(
        bytes32 former,
        bytes32 document,
        uint128 price,
        uint32 deadlineSeconds,
        uint32 capacity,
        uint64 validUntil
    ) external returns (bytes32 id);

    /// @notice Takes an offer back, for good.
    /// @dev Only the member that made it.
    /// @param id The offer.
    function withdraw(bytes32 id) external;

    /// @notice The offer; reverts with OfferUnknown when there is none.
    /// @param id The offer.
    function offerOf(bytes32 id) external view returns (Offer memory);

    /// @notice The member that made the offer; zero when there is no such offer.
    /// @param id The offer.
    function memberOf(bytes32 id) external view returns (address);

    /// @notice Whether the offer can be booked now: not withdrawn, not past its validity, its member active.
    /// @param id The offer.
    function isLive(bytes32 id) external view returns (bool);

    /// @notice What a booking needs to know of the offer; not live when there is no such offer.
    /// @param id The offer.
    function quoteOf(bytes32 id) external view returns (Quote memory);

    /// @notice The calendar in which an offer is booked: the first of the offers that were superseded up to it.
    /// @param id The offer.
    function calendarOf(bytes32 id) external view returns (bytes32);
}
