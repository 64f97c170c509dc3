// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Keys} from "../types/Profile.sol";

/// @title The keys that a member ever had
/// @notice In the order of the blocks from which they count, so that the keys of a block are found by halving.
library KeyHistory {
    /// @notice Adds keys that count from this block on. A second change in one block takes the place of the first.
    /// @param history The member's keys so far.
    /// @param signing Ed25519 public key.
    /// @param sealing X25519 public key.
    function add(Keys[] storage history, bytes32 signing, bytes32 sealing) internal {
        uint64 fromBlock = uint64(block.number);
        uint256 count = history.length;
        if (count != 0 && history[count - 1].fromBlock == fromBlock) history.pop();
        history.push(Keys({signing: signing, sealing: sealing, fromBlock: fromBlock}));
    }

    /// @notice The newest keys of a member.
    /// @param history All of them.
    /// @return keys The newest; none (from block 0) when there were never any.
    function newest(Keys[] storage history) internal view returns (Keys memory keys) {
        uint256 count = history.length;
        if (count != 0) keys = history[count - 1];
    }

    /// @notice The keys that counted for a member in a block.
    /// @param history All of them.
    /// @param atBlock The block.
    /// @return keys The keys of that block; none (from block 0) when there were none yet.
    function ofBlock(Keys[] storage history, uint64 atBlock) internal view returns (Keys memory keys) {
        uint256 low = 0;
        uint256 high = history.length;
        while (low < high) {
            uint256 middle = (low + high) >> 1;
            if (history[middle].fromBlock > atBlock) high = middle;
            else low = middle + 1;
        }
        if (low != 0) keys = history[low - 1];
    }
}
