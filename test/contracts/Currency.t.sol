// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Access} from "../../contracts/Access.sol";
import {Belts} from "../../contracts/Belts.sol";
import {Bookings} from "../../contracts/Bookings.sol";
import {Offers} from "../../contracts/Offers.sol";
import {Profiles} from "../../contracts/Profiles.sol";
import {Supervision} from "../../contracts/Supervision.sol";
import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {Permit} from "../../contracts/types/Permit.sol";
import {Checks} from "./support/Checks.sol";
import {IPurse, LyingToken} from "./support/LyingToken.sol";
import {QuietToken} from "./support/QuietToken.sol";

/// @title Bookings in currencies that are not the consortium's own
contract CurrencyTest is Checks {
    address private constant CONSUMER = address(0xc0);
    address private constant BANK = address(0xba);
    bytes32 private constant BELT = bytes32(uint256(1));
    uint128 private constant PRICE = 7;
    uint256 private constant MINTED = 1_000_000;
    /// @dev See _way.
    uint256 private constant WAYS = 5;

    Profiles private _profiles;
    Offers private _offers;
    Belts private _belts;
    Supervision private _supervision;
    LyingToken private _token;
    Bookings private _bookings;
    bytes32 private _offer;
    bytes32 private _product;
    /// @dev No two bookings of an account have the same root.
    uint256 private _roots = 1_000;

    function setUp() external {
        CHEATS.warp(1_800_000_000);
        address access = address(new Access(address(this)));
        _profiles = new Profiles(access);
        _offers = new Offers(_profiles);
        _belts = new Belts(_profiles, _offers);
        _supervision = new Supervision(access, _profiles);
        _profiles.admit(CONSUMER, "consumer", 2);
        _profiles.admit(BANK, "bank", 1);
        bytes32[] memory offers = new bytes32[](1);
        CHEATS.prank(BANK);
        offers[0] = _offers.publish(bytes32(uint256(1)), 1, PRICE, 60, 1024, type(uint64).max);
        _offer = offers[0];
        CHEATS.prank(BANK);
        _product = _offers.publish(bytes32(uint256(2)), 2, PRICE, 60, 100, type(uint64).max);
        CHEATS.prank(BANK);
        _belts.publish(BELT, 0, offers);
        _token = new LyingToken();
        _bookings = new Bookings(_profiles, _offers, _belts, _supervision, _token, 100);
        _token.mint(CONSUMER, MINTED);
        CHEATS.prank(CONSUMER);
        _token.approve(address(_bookings), type(uint256).max);
    }

    /// @notice Any count, any exceptions: paid and refunded are what they must be to the unit, and all of it comes out.
    function testFuzzLife(uint16 anyCount, uint256 seed) external {
        uint16 count = uint16(_within(anyCount, 1, 64));
        uint256 word = _word(seed, count, 3);
        bytes32 sheet = _book(bytes32(uint256(2)), count);
        uint256 cost = uint256(PRICE) * count;
        _equal(_token.balanceOf(address(_bookings)), cost, "escrow");
        uint256 done = count;
        for (uint256 i = 0; i < count; ++i) {
            if ((word >> (4 * i)) & 15 != 0) --done;
        }
        _report(sheet, word);
        CHEATS.prank(CONSUMER);
        _bookings.accept(sheet, 1);
        _equal(_bookings.owedTo(BANK), done * PRICE, "paid");
        _equal(_bookings.owedTo(CONSUMER), cost - done * PRICE, "refunded");
        _withdraw(BANK, done * PRICE);
        _withdraw(CONSUMER, cost - done * PRICE);
        _equal(_token.balanceOf(address(_bookings)), 0, "nothing is left");
        _equal(_token.balanceOf(BANK), done * PRICE, "the bank's");
        _equal(_token.balanceOf(CONSUMER), MINTED - done * PRICE, "the consumer's");
    }

    function testFeeOnTheWayInIsRefused() external {
        _token.learn(LyingToken.Lie.FEE_IN);
        _refused(abi.encodeWithSelector(IEscrow.TransferInexact.selector, 70, 69));
    }

    function testMoreThanWasAskedForIsRefused() external {
        _token.learn(LyingToken.Lie.MORE);
        _refused(abi.encodeWithSelector(IEscrow.TransferInexact.selector, 70, 71));
    }

    function testTransferThatDoesNotHappenIsRefused() external {
        _token.learn(LyingToken.Lie.SILENT);
        _refused(abi.encodeWithSelector(IEscrow.TransferInexact.selector, 70, 0));
    }

    function testFalseIsRefused() external {
        _token.learn(LyingToken.Lie.FALSE);
        _refused(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(_token)));
    }

    /// @notice A fee that the escrow would pay on top would be others' money: the withdrawal waits until it is gone.
    function testFeeOnTheWayOutIsRefused() external {
        bytes32 sheet = _book(bytes32(uint256(2)), 10);
        _book(bytes32(uint256(3)), 10);
        _report(sheet, 0);
        CHEATS.prank(CONSUMER);
        _bookings.accept(sheet, 1);
        _token.learn(LyingToken.Lie.FEE_OUT);
        CHEATS.prank(BANK);
        try _bookings.withdraw() {
            revert("a fee was paid with others'");
        } catch (bytes memory reason) {
            _same(reason, abi.encodeWithSelector(IEscrow.TransferInexact.selector, 70, 71));
        }
        _equal(_bookings.owedTo(BANK), 70, "still owed");
        _token.learn(LyingToken.Lie.NONE);
        _withdraw(BANK, 70);
    }

    /// @notice A currency that calls back while it is moved gets nowhere, and the call that it interrupts is exact.
    function testReentranceIsRefused() external {
        _token.learn(LyingToken.Lie.REENTER);
        _token.callBack(abi.encodeCall(IPurse.withdraw, ()));
        bytes32 sheet = _book(bytes32(uint256(2)), 10);
        _equal(_token.refused(), 1, "withdrawal within a booking");
        _report(sheet, 0);
        CHEATS.prank(CONSUMER);
        _bookings.accept(sheet, 1);
        _withdraw(BANK, 70);
        _equal(_token.refused(), 2, "withdrawal within a withdrawal");
        // The token itself is a member now, and could book; what it pays in must not count twice.
        _profiles.admit(address(_token), "token", 2);
        _token.mint(address(_token), MINTED);
        CHEATS.prank(address(_token));
        _token.approve(address(_bookings), type(uint256).max);
        uint64 deadline = uint64(block.timestamp) + 60;
        _token.callBack(abi.encodeCall(IPurse.book, (BELT, bytes32(uint256(3)), 10, deadline, 70)));
        _book(bytes32(uint256(4)), 10);
        _equal(_token.refused(), 3, "booking within a booking");
        _equal(_token.balanceOf(address(_bookings)), 70, "escrow");
    }

    /// @notice Whatever moves the currency, or asks it for a permit, can be entered by none of the others meanwhile.
    function testReentranceIsRefusedByEveryWay() external {
        _token.learn(LyingToken.Lie.REENTER);
        for (uint256 outer = 0; outer < WAYS; ++outer) {
            for (uint256 inner = 0; inner < WAYS; ++inner) {
                _token.callBack(_way(inner));
                bytes memory call = _way(outer);
                // The bank withdraws what it is owed; the others are the consumer's.
                if (outer == 0) _owe();
                uint256 before = _token.refused();
                CHEATS.prank(outer == 0 ? BANK : CONSUMER);
                // solhint-disable-next-line avoid-low-level-calls
                (bool done,) = address(_bookings).call(call);
                require(done, "it was hindered");
                require(_token.refused() > before, "it was entered");
                _same(_token.reason(), abi.encodeWithSelector(IEscrow.Reentered.selector));
            }
        }
    }

    function testTokenThatReturnsNothingIsTaken() external {
        QuietToken quiet = new QuietToken();
        _bookings = new Bookings(_profiles, _offers, _belts, _supervision, IERC20(address(quiet)), 100);
        quiet.mint(CONSUMER, 70);
        CHEATS.prank(CONSUMER);
        quiet.approve(address(_bookings), 70);
        bytes32 sheet = _book(bytes32(uint256(2)), 10);
        _report(sheet, 1);
        CHEATS.prank(CONSUMER);
        _bookings.accept(sheet, 1);
        _withdraw(BANK, 63);
        _withdraw(CONSUMER, 7);
        _equal(quiet.balanceOf(BANK) + quiet.balanceOf(CONSUMER), 70, "all of it");
    }

    function testCurrencyWithoutCodeIsRefused() external {
        try new Bookings(_profiles, _offers, _belts, _supervision, IERC20(BANK), 100) {
            revert("an account taken for a currency");
        } catch (bytes memory reason) {
            _same(reason, abi.encodeWithSelector(IEscrow.CurrencyWithoutCode.selector, BANK));
        }
    }

    function testWindowIsBounded() external {
        new Bookings(_profiles, _offers, _belts, _supervision, _token, 30 days);
        try new Bookings(_profiles, _offers, _belts, _supervision, _token, 30 days + 1) {
            revert("credit could hang for longer");
        } catch {}
    }

    /// @dev The ways by which the currency is moved: out, and in by each kind of booking.
    function _way(uint256 number) private returns (bytes memory) {
        bytes32 root = bytes32(++_roots);
        uint64 deadline = uint64(block.timestamp) + 60;
        if (number == 0) return abi.encodeCall(IPurse.withdraw, ());
        if (number == 1) return abi.encodeCall(_bookings.book, (BELT, root, 1, deadline, PRICE));
        if (number == 2) return abi.encodeCall(_bookings.bookOffer, (_offer, root, 1, deadline, PRICE));
        if (number == 3) {
            uint32 today = uint32(block.timestamp / 1 days);
            return abi.encodeCall(_bookings.bookProduct, (_product, today, 1, 1, root, PRICE));
        }
        Permit memory permit = Permit(type(uint256).max, 0, 0, 0, 0);
        return abi.encodeCall(_bookings.bookWithPermit, (BELT, root, 1, deadline, PRICE, permit));
    }

    /// @dev The bank is owed the price of a case.
    function _owe() private {
        bytes32 sheet = _book(bytes32(++_roots), 1);
        _report(sheet, 0);
        CHEATS.prank(CONSUMER);
        _bookings.accept(sheet, 1);
    }

    function _book(bytes32 root, uint16 count) private returns (bytes32) {
        CHEATS.prank(CONSUMER);
        return _bookings.book(BELT, root, count, uint64(block.timestamp) + 60, type(uint256).max);
    }

    function _report(bytes32 sheet, uint256 word) private {
        uint256 length = word == 0 ? 0 : 1;
        uint16[] memory slots = new uint16[](length);
        uint256[] memory words = new uint256[](length);
        if (length == 1) words[0] = word;
        CHEATS.prank(BANK);
        _bookings.report(sheet, 0, 1, slots, words);
    }

    /// @dev A booking of 10 cases must be refused for this reason, and leave nothing behind.
    function _refused(bytes memory expected) private {
        uint64 deadline = uint64(block.timestamp) + 60;
        CHEATS.prank(CONSUMER);
        try _bookings.book(BELT, bytes32(uint256(2)), 10, deadline, 70) {
            revert("a lie was believed");
        } catch (bytes memory reason) {
            _same(reason, expected);
        }
        _equal(_token.balanceOf(CONSUMER), MINTED, "the consumer's");
        _token.learn(LyingToken.Lie.NONE);
        _book(bytes32(uint256(2)), 10);
    }

    function _withdraw(address account, uint256 amount) private {
        if (amount == 0) return;
        CHEATS.prank(account);
        _equal(_bookings.withdraw(), amount, "withdrawn");
    }

    function _same(bytes memory actual, bytes memory expected) private pure {
        require(keccak256(actual) == keccak256(expected), "another reason");
    }
}
