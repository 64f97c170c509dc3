// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice The few abilities of the test runner that the tests need.
interface ICheats {
    /// @notice Gives the block another time.
    function warp(uint256 time) external;

    /// @notice Gives the block another number.
    function roll(uint256 number) external;

    /// @notice Lets the next call come from this account.
    function prank(address account) external;
}

/// @title What every Solidity test has at hand
abstract contract Checks {
    /// @dev The address at which the test runner answers: uint160(uint256(keccak256("hevm cheat code"))).
    ICheats internal constant CHEATS = ICheats(address(uint160(uint256(keccak256("hevm cheat code")))));

    error Differs(string what, uint256 actual, uint256 expected);

    function _equal(uint256 actual, uint256 expected, string memory what) internal pure {
        if (actual != expected) revert Differs(what, actual, expected);
    }

    /// @dev A number from `least` to `most`, by any number.
    function _within(uint256 any, uint256 least, uint256 most) internal pure returns (uint256) {
        return least + (any % (most - least + 1));
    }

    /// @dev The address of a contract's `nonce`-th deployment (RLP of both), from 1 to 127.
    function _created(address by, uint8 nonce) internal pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encodePacked(bytes2(0xd694), by, nonce)))));
    }

    /// @dev One of many random numbers that follow from one.
    function _random(uint256 seed, uint256 index) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, index)));
    }

    /// @dev A word of statuses that a station may report, for the first `cases` places: about one in `rarity` is not
    /// done.
    function _word(uint256 seed, uint256 cases, uint256 rarity) internal pure returns (uint256 word) {
        for (uint256 place = 0; place < cases; ++place) {
            uint256 random = _random(seed, place);
            if (random % rarity == 0) word |= ((random >> 128) % 6) << (4 * place);
        }
    }
}
