// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Statuses} from "./Statuses.sol";

/// @title Sets of slots of a sheet
/// @notice A slot is 64 cases, as many as a word of statuses holds; a sheet has at most 16. In a set, bit n is slot n.
library Slots {
    /// @notice All slots of a sheet.
    /// @param count The sheet's cases, 1 to 1,024.
    function all(uint256 count) internal pure returns (uint16) {
        return uint16((1 << Statuses.wordsFor(count)) - 1);
    }

    /// @notice Whether a slot is in a set.
    /// @param slots The set.
    /// @param slot Any number.
    function has(uint16 slots, uint256 slot) internal pure returns (bool) {
        return slot < 16 && (slots >> slot) & 1 == 1;
    }

    /// @notice How many cases a set of slots holds. The last slot of a sheet may not be full.
    /// @param slots A set of the sheet's slots.
    /// @param count The sheet's cases, 1 to 1,024.
    /// @return sum The cases in these slots.
    function cases(uint16 slots, uint16 count) internal pure returns (uint16 sum) {
        unchecked {
            // The bits of each two, each four and each eight summed, then all.
            uint256 bits = slots - ((slots >> 1) & 0x5555);
            bits = (bits & 0x3333) + ((bits >> 2) & 0x3333);
            bits = (bits + (bits >> 4)) & 0x0f0f;
            sum = uint16((bits + (bits >> 8)) & 0x1f) * uint16(Statuses.PER_WORD);
            uint256 last = Statuses.wordsFor(count) - 1;
            if (has(slots, last)) sum -= uint16((last + 1) * Statuses.PER_WORD - count);
        }
    }
}
