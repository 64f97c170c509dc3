// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Shares} from "../../../contracts/libraries/Shares.sol";

/// @title What is proved of the money of a sheet at one station, for every price and every number of cases
/// @notice Not deployed: `npm run smt` has the compiler's model checker prove every assertion. Each function is a step
/// that a station can take. It begins with any state that the contracts can be in, and shows that what the step pays out
/// is what the sheet holds less: so, step by step, money in is money out.
contract SharesProof {
    /// @dev Of so many cases that many are reported, done, and in dispute.
    modifier possible(uint16 count, uint16 covered, uint16 done, uint16 disputed) {
        if (count <= 1024 && covered <= count && done <= covered && disputed <= done) _;
    }

    /// @dev Settled and closed, a station that is done shares out the whole price.
    function wholePriceIsSharedOut(
        uint128 price,
        uint16 count,
        uint16 covered,
        uint16 done,
        uint16 disputed,
        uint16 upheld
    ) external pure possible(count, covered, done, disputed) {
        if (upheld > disputed) return;
        (uint256 refunded, uint256 paid) = Shares.decided(price, disputed, upheld);
        uint256 toConsumer = Shares.unreported(price, count, covered) + Shares.notDone(price, covered, done) + refunded;
        uint256 toMember = Shares.undisputed(price, done, disputed) + paid;
        assert(toConsumer + toMember == Shares.whole(price, count));
    }

    /// @dev The settlement of what is reported leaves the price of what is disputed.
    function settlementLeavesWhatIsDisputed(uint128 price, uint16 covered, uint16 done, uint16 disputed)
        external
        pure
        possible(covered, covered, done, disputed)
    {
        uint256 left = Shares.whole(price, covered) - Shares.notDone(price, covered, done)
            - Shares.undisputed(price, done, disputed);
        assert(left == Shares.whole(price, disputed));
    }

    /// @dev A decision pays out the price of what is disputed, however it is decided.
    function decisionLeavesNothing(uint128 price, uint16 disputed, uint16 upheld)
        external
        pure
        possible(disputed, disputed, disputed, upheld)
    {
        (uint256 refunded, uint256 paid) = Shares.decided(price, disputed, upheld);
        assert(refunded + paid == Shares.whole(price, disputed));
    }

    /// @dev What is not reported goes back to the consumer: what is held then is the price of what is.
    function expiryLeavesWhatIsReported(uint128 price, uint16 count, uint16 covered)
        external
        pure
        possible(count, covered, covered, covered)
    {
        uint256 left = Shares.whole(price, count) - Shares.unreported(price, count, covered);
        assert(left == Shares.whole(price, covered));
    }

    /// @dev No part is more than the whole.
    function noPartIsMoreThanTheWhole(uint128 price, uint16 count, uint16 covered, uint16 done, uint16 disputed)
        external
        pure
        possible(count, covered, done, disputed)
    {
        uint256 whole = Shares.whole(price, count);
        assert(Shares.unreported(price, count, covered) <= whole);
        assert(Shares.notDone(price, covered, done) <= whole);
        assert(Shares.undisputed(price, done, disputed) <= whole);
    }
}
