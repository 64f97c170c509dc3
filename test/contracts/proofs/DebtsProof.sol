// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Debts} from "../../../contracts/libraries/Debts.sol";

/// @title What is proved of the words that say what is owed
/// @notice Not deployed: `npm run smt` has the compiler's model checker prove every assertion, for every word and amount.
contract DebtsProof {
    /// @dev Amounts are of a currency, all units of which one word can count, and one more.
    modifier possible(uint256 word, uint256 amount) {
        if (amount < type(uint256).max - word) _;
    }

    function moreIsOwedByTheAmount(uint256 word, uint256 amount) external pure possible(word, amount) {
        assert(Debts.owed(Debts.more(word, amount)) == Debts.owed(word) + amount);
    }

    function wordIsNeverZeroAgain(uint256 word, uint256 amount) external pure possible(word, amount) {
        assert(Debts.more(word, amount) != 0);
    }

    function nothingIsOwedAtFirstAndWhenAllIsPaid() external pure {
        assert(Debts.owed(0) == 0);
        assert(Debts.owed(Debts.SETTLED) == 0);
    }

    function orderOfDebtsDoesNotMatter(uint256 word, uint256 one, uint256 other) external pure {
        if (word >= 2 ** 248 || one >= 2 ** 248 || other >= 2 ** 248) return;
        assert(Debts.more(Debts.more(word, one), other) == Debts.more(Debts.more(word, other), one));
    }
}
