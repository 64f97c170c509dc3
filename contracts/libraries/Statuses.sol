// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title Statuses of cases, 4 bits each, 64 in a word
/// @notice Case `i` has its status in word (slot) `i / 64`, in the bits `4 * (i % 64)` to `4 * (i % 64) + 3`,
/// counted from the least significant bit. A word that was never written says that all its cases are done.
library Statuses {
    uint8 internal constant DONE = 0;
    uint8 internal constant SKIPPED = 1;
    uint8 internal constant UNPROCESSABLE = 2;
    uint8 internal constant FAILED = 3;
    uint8 internal constant BLOCKED = 4;
    /// @dev Not ended in time: as the station reports, or because it did not report.
    uint8 internal constant EXPIRED = 5;
    /// @dev Reported as done, and disputed by the consumer. Once the dispute is over, it is done.
    uint8 internal constant DISPUTED = 6;
    /// @dev Reported as done, disputed, and refunded: the dispute was upheld.
    uint8 internal constant UPHELD = 7;
    /// @dev Never stored: the station declined the case before it had reported it.
    uint8 internal constant DECLINED = 8;
    /// @dev Never reported, never stored: the station can still report.
    uint8 internal constant OPEN = 15;

    /// @dev The number of cases in a word.
    uint256 internal constant PER_WORD = 64;

    uint256 private constant BIT_3 = 0x8888888888888888888888888888888888888888888888888888888888888888;
    uint256 private constant NIBBLE_ONES = 0x1111111111111111111111111111111111111111111111111111111111111111;
    uint256 private constant BYTE_ONES = 0x0101010101010101010101010101010101010101010101010101010101010101;
    uint256 private constant BYTE_TWOS = 0x0303030303030303030303030303030303030303030303030303030303030303;
    uint256 private constant BIT_2 = 0x4444444444444444444444444444444444444444444444444444444444444444;

    /// @notice The number of words that hold so many statuses.
    /// @param count The number of cases.
    function wordsFor(uint256 count) internal pure returns (uint256) {
        return (count + PER_WORD - 1) / PER_WORD;
    }

    /// @notice The status at a place in a word.
    /// @param word 64 statuses.
    /// @param place 0 to 63.
    function statusAt(uint256 word, uint256 place) internal pure returns (uint8) {
        return uint8((word >> (4 * place)) & 15);
    }

    /// @notice The word with the status at a place replaced.
    /// @param word 64 statuses.
    /// @param place 0 to 63.
    /// @param status 0 to 15.
    function set(uint256 word, uint256 place, uint8 status) internal pure returns (uint256) {
        uint256 shift = 4 * place;
        return (word & ~(uint256(15) << shift)) | (uint256(status & 15) << shift);
    }

    /// @notice Marks the places whose status no station may report (above EXPIRED); zero when there are none.
    /// @param word 64 statuses.
    function refused(uint256 word) internal pure returns (uint256) {
        // Of four bits, 6 and 7 have bit 2 with bit 1, and 8 to 15 have bit 3.
        return (word & BIT_3) | (word & BIT_2 & (word << 1));
    }

    /// @notice Marks with 1 the places that are not zero.
    /// @param word 64 statuses.
    function marks(uint256 word) internal pure returns (uint256) {
        return (word | (word >> 1) | (word >> 2) | (word >> 3)) & NIBBLE_ONES;
    }

    /// @notice Marks with 1 the places that have a status.
    /// @param word 64 statuses.
    /// @param status 0 to 15.
    function having(uint256 word, uint8 status) internal pure returns (uint256) {
        return marks(word ^ (NIBBLE_ONES * status)) ^ NIBBLE_ONES;
    }

    /// @notice How many of the 64 places are not zero.
    /// @param word 64 statuses.
    function exceptions(uint256 word) internal pure returns (uint256) {
        // One bit for each status that has any, then all of them summed: two in a byte, then the bytes.
        uint256 ones = marks(word);
        uint256 pairs = (ones + (ones >> 4)) & BYTE_TWOS;
        unchecked {
            return (pairs * BYTE_ONES) >> 248;
        }
    }

    /// @notice The first of a word's cases that is done, from a case on.
    /// @param word 64 statuses.
    /// @param start The number of the word's first case.
    /// @param from The first case that counts.
    /// @param count How many cases there are in all.
    /// @return The number of the case; `count` when there is none.
    function firstDone(uint256 word, uint256 start, uint256 from, uint256 count) internal pure returns (uint256) {
        uint256 end = start + PER_WORD < count ? start + PER_WORD : count;
        for (uint256 i = from > start ? from : start; i < end; ++i) {
            if (statusAt(word, i - start) == DONE) return i;
        }
        return count;
    }

    /// @notice The first place that is not zero.
    /// @param word 64 statuses, not all of them zero.
    /// @return place 0 to 63.
    function first(uint256 word) internal pure returns (uint256 place) {
        while (word & 15 == 0) {
            word >>= 4;
            ++place;
        }
    }
}
