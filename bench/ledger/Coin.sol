// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A plain ERC-20, in which both are paid
/// @notice It does nothing else than the standard says.
contract Coin is ERC20 {
    /// @notice Makes all there will ever be.
    /// @param owner Who has it.
    /// @param amount How much.
    constructor(address owner, uint256 amount) ERC20("Coin", "COIN") {
        _mint(owner, amount);
    }
}
