// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice A station of a sheet as it is stored, in one word; see Station for what its parts say. From the lowest bit:
/// price 128, member 32 (its number), closedAt 40, covered 16, done 16, disputed 16, settled 1.
type Post is uint256;

using Posts for Post global;

/// @title The parts of a Post
/// @notice The functions that change one give a new one; each part is written by one of them at most.
library Posts {
    uint256 private constant SETTLED = 1 << 248;

    /// @dev A station as it is booked.
    function booked(uint128 priceOfCase, uint32 memberNumber) internal pure returns (Post) {
        return Post.wrap(uint256(priceOfCase) | (uint256(memberNumber) << 128));
    }

    /// @dev The price of one case.
    function price(Post self) internal pure returns (uint256) {
        return uint128(Post.unwrap(self));
    }

    /// @dev The number of the member whose station it is.
    function member(Post self) internal pure returns (uint32) {
        return uint32(Post.unwrap(self) >> 128);
    }

    /// @dev When the station had reported every case, or declined the rest; 0 before.
    function closedAt(Post self) internal pure returns (uint64) {
        return uint40(Post.unwrap(self) >> 160);
    }

    /// @dev The slots that the station has reported.
    function covered(Post self) internal pure returns (uint16) {
        return uint16(Post.unwrap(self) >> 200);
    }

    /// @dev How many of their cases are done.
    function done(Post self) internal pure returns (uint16) {
        return uint16(Post.unwrap(self) >> 216);
    }

    /// @dev How many of these are in dispute.
    function disputed(Post self) internal pure returns (uint16) {
        return uint16(Post.unwrap(self) >> 232);
    }

    /// @dev Whether the station is settled.
    function isSettled(Post self) internal pure returns (bool) {
        return Post.unwrap(self) & SETTLED != 0;
    }

    /// @dev With a part of the report: slots that were not covered before, and the cases that are done in them.
    function reported(Post self, uint16 slots, uint16 doneInThem) internal pure returns (Post) {
        return Post.wrap(Post.unwrap(self) + ((uint256(slots) << 200) | (uint256(doneInThem) << 216)));
    }

    /// @dev With the time of its closing; it was open.
    function closed(Post self, uint256 time) internal pure returns (Post) {
        return Post.wrap(Post.unwrap(self) | (uint256(uint40(time)) << 160));
    }

    /// @dev With more cases in dispute.
    function withDisputed(Post self, uint16 more) internal pure returns (Post) {
        return Post.wrap(Post.unwrap(self) + (uint256(more) << 232));
    }

    /// @dev Without a dispute: of the disputed cases so many are not done.
    function resolved(Post self, uint16 upheld) internal pure returns (Post) {
        uint256 decided = uint256(disputed(self)) << 232;
        return Post.wrap(Post.unwrap(self) - decided - (uint256(upheld) << 216));
    }

    /// @dev Settled.
    function settled(Post self) internal pure returns (Post) {
        return Post.wrap(Post.unwrap(self) | SETTLED);
    }
}
