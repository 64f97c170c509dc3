// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title Debts: what is owed to an account, in a word that is never zero again
/// @notice The word is one more than what is owed, to whoever was ever owed anything: writing it again is cheaper than
/// writing it first. `npm run smt` proves that it says what was owed to it, to the unit.
library Debts {
    /// @notice The word of an account to which nothing is owed any more.
    uint256 internal constant SETTLED = 1;

    /// @notice What a word says is owed.
    /// @param word The word; zero for an account that was never owed anything.
    function owed(uint256 word) internal pure returns (uint256) {
        return word == 0 ? 0 : word - 1;
    }

    /// @notice The word with more owed than before.
    /// @param word The word before.
    /// @param amount How much more.
    function more(uint256 word, uint256 amount) internal pure returns (uint256) {
        return (word == 0 ? SETTLED : word) + amount;
    }
}
