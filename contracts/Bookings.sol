// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Reports} from "./Reports.sol";
import {IBelts} from "./interfaces/IBelts.sol";
import {IBookings} from "./interfaces/IBookings.sol";
import {IOffers} from "./interfaces/IOffers.sol";
import {IProfiles} from "./interfaces/IProfiles.sol";
import {ISupervision} from "./interfaces/ISupervision.sol";
import {Shares} from "./libraries/Shares.sol";
import {NotActive} from "./types/Access.sol";
import {BookingParts} from "./types/Booking.sol";
import {KIND_PRODUCT, KIND_STATION, Quote} from "./types/Offer.sol";
import {Permit} from "./types/Permit.sol";
import {Posts} from "./types/Post.sol";
import {Stay} from "./types/Stay.sol";

/// @title Bookings: how sheets are booked
/// @notice See IBookings; what becomes of them then is in Reports, Disputes and Stays. Several calls can share a
/// transaction (multicall): each is the caller's own, and if one is refused, none takes effect.
contract Bookings is Reports, Multicall {
    uint16 private constant COUNT_LIMIT = 1024;
    /// @dev Twice the longest deadline of an offer: no sheet stays open for ever.
    uint64 private constant DEADLINE_LIMIT = 732 days;

    IOffers private immutable _offers;
    IBelts private immutable _belts;
    ISupervision private immutable _supervision;

    /// @notice Deploys a book without sheets.
    /// @param profiles Knows who may book.
    /// @param offers Knows prices, deadlines and members.
    /// @param belts Knows the offers of a belt.
    /// @param supervision Knows whether new bookings are paused.
    /// @param token The currency: an ERC-20 that moves what it is told to.
    /// @param window The seconds that a consumer has to look at a report, at most 30 days.
    constructor(
        IProfiles profiles,
        IOffers offers,
        IBelts belts,
        ISupervision supervision,
        IERC20 token,
        uint64 window
    ) Reports(profiles, token, window) {
        _offers = offers;
        _belts = belts;
        _supervision = supervision;
    }

    /// @inheritdoc IBookings
    function book(bytes32 belt, bytes32 root, uint16 count, uint64 deadline, uint256 maxCost)
        external
        nonReentrant
        returns (bytes32)
    {
        return _book(belt, root, count, deadline, maxCost);
    }

    /// @inheritdoc IBookings
    function bookWithPermit(
        bytes32 belt,
        bytes32 root,
        uint16 count,
        uint64 deadline,
        uint256 maxCost,
        Permit calldata permit
    ) external nonReentrant returns (bytes32) {
        // Whoever has seen the signature may have used it first: what counts is whether the cost can be taken.
        // solhint-disable no-empty-blocks
        try IERC20Permit(address(currency)).permit(
            msg.sender, address(this), permit.value, permit.deadline, permit.v, permit.r, permit.s
        ) {} catch {}
        // solhint-enable no-empty-blocks
        return _book(belt, root, count, deadline, maxCost);
    }

    /// @inheritdoc IBookings
    function bookOffer(bytes32 offer, bytes32 root, uint16 count, uint64 deadline, uint256 maxCost)
        external
        nonReentrant
        returns (bytes32 sheet)
    {
        uint256 cost;
        (sheet, cost) = _open(_only(offer), KIND_STATION, root, count, deadline, maxCost);
        emit OfferBooked(sheet, offer, msg.sender, root, count, deadline, cost);
        _deposit(msg.sender, cost);
    }

    /// @inheritdoc IBookings
    function bookProduct(
        bytes32 offer,
        uint32 firstDay,
        uint16 dayCount,
        uint16 units,
        bytes32 root,
        uint256 maxCost
    ) external nonReentrant returns (bytes32 sheet) {
        uint256 count = uint256(dayCount) * units;
        if (count > COUNT_LIMIT) revert CountOutOfBounds(count);
        Quote memory quote = _offers.quoteOf(offer);
        uint64 deadline = (uint64(firstDay) + dayCount) * 1 days + quote.deadlineSeconds;
        uint256 cost;
        (sheet, cost) = _open(_only(offer), KIND_PRODUCT, root, uint16(count), deadline, maxCost);
        Stay memory stay = Stay(_offers.calendarOf(offer), firstDay, dayCount, dayCount, units);
        _take(sheet, stay, quote.capacity);
        emit ProductBooked(sheet, offer, msg.sender, root, firstDay, dayCount, units, deadline, cost);
        _deposit(msg.sender, cost);
    }

    /// @dev Books a belt; the caller of this is guarded against reentrance.
    function _book(bytes32 belt, bytes32 root, uint16 count, uint64 deadline, uint256 maxCost)
        private
        returns (bytes32 sheet)
    {
        bytes32[] memory offers = _belts.offersOf(belt);
        if (offers.length == 0) revert BeltUnknown(belt);
        uint256 cost;
        (sheet, cost) = _open(offers, KIND_STATION, root, count, deadline, maxCost);
        emit SheetBooked(sheet, belt, msg.sender, root, count, deadline, cost);
        _deposit(msg.sender, cost);
    }

    /// @dev Makes a sheet on these offers, for the caller. Everything that is booked is booked through here.
    function _open(
        bytes32[] memory offers,
        uint8 kind,
        bytes32 root,
        uint16 count,
        uint64 deadline,
        uint256 maxCost
    ) private returns (bytes32 sheet, uint256 cost) {
        if (!_profiles.isActive(msg.sender)) revert NotActive(msg.sender);
        // Nothing else asks: a pause stops no report, settlement, refund or withdrawal.
        if (_supervision.isPaused()) revert BookingsPaused(_supervision.pausedUntil());
        if (root == 0) revert RootMissing();
        if (count == 0 || count > COUNT_LIMIT) revert CountOutOfBounds(count);
        sheet = keccak256(abi.encode(block.chainid, address(this), msg.sender, root));
        if (_bookings[sheet].count() != 0) revert SheetExists(sheet);
        cost = _quote(sheet, offers, kind, count, deadline);
        if (cost > maxCost) revert CostExceeded(cost, maxCost);
        _bookings[sheet] =
            BookingParts.made(msg.sender, uint40(deadline), count, offers.length, kind == KIND_PRODUCT);
    }

    /// @dev Prices a sheet, freezes the price of every station, and checks that every offer is live and can hold it.
    function _quote(bytes32 sheet, bytes32[] memory offers, uint8 kind, uint16 count, uint64 deadline)
        private
        returns (uint256)
    {
        uint256 price = 0;
        uint64 longest = 0;
        for (uint256 i = 0; i < offers.length; ++i) {
            Quote memory quote = _offers.quoteOf(offers[i]);
            if (quote.kind != kind) {
                if (quote.kind == 0) revert OfferNotLive(offers[i]);
                revert OfferKindDiffers(offers[i], quote.kind, kind);
            }
            // The units of a product are counted in its calendar.
            if (count > quote.capacity && kind == KIND_STATION) {
                revert CapacityExceeded(offers[i], quote.capacity, count);
            }
            _posts[sheet][i] = Posts.booked(quote.price, _numberOf(quote.member));
            price += quote.price;
            if (quote.deadlineSeconds > longest) longest = quote.deadlineSeconds;
        }
        uint64 earliest = uint64(block.timestamp) + longest;
        uint64 latest = uint64(block.timestamp) + DEADLINE_LIMIT;
        if (deadline < earliest || deadline > latest) revert DeadlineOutOfBounds(deadline, earliest, latest);
        return Shares.whole(price, count);
    }

    function _only(bytes32 offer) private pure returns (bytes32[] memory offers) {
        offers = new bytes32[](1);
        offers[0] = offer;
    }
}
