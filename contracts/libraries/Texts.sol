// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title Checks of texts
/// @notice The ledger holds names and URLs, and shows them to people: nothing else may hide in them.
library Texts {
    /// @notice Whether a text is a name: 1 to `limit` lower-case letters, digits and single hyphens between them, a
    /// letter first.
    /// @param text The text.
    /// @param limit The most bytes it may have.
    function isName(string calldata text, uint256 limit) internal pure returns (bool) {
        bytes calldata characters = bytes(text);
        uint256 length = characters.length;
        if (length == 0 || length > limit) return false;
        bool wordStarts = true;
        for (uint256 i = 0; i < length; ++i) {
            bytes1 character = characters[i];
            if (character == "-") {
                if (wordStarts) return false;
                wordStarts = true;
            } else {
                bool letter = character >= "a" && character <= "z";
                bool digit = character >= "0" && character <= "9";
                if (!letter && (!digit || i == 0)) return false;
                wordStarts = false;
            }
        }
        return !wordStarts;
    }

    /// @notice Whether a text is 1 to `limit` visible ASCII characters without a space, as every URL is (RFC 3986).
    /// @param text The text.
    /// @param limit The most bytes it may have.
    function isVisible(string memory text, uint256 limit) internal pure returns (bool) {
        bytes memory characters = bytes(text);
        uint256 length = characters.length;
        if (length == 0 || length > limit) return false;
        for (uint256 i = 0; i < length; ++i) {
            if (characters[i] < 0x21 || characters[i] > 0x7e) return false;
        }
        return true;
    }
}
