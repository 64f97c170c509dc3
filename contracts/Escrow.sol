// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IEscrow} from "./interfaces/IEscrow.sol";
import {Debts} from "./libraries/Debts.sol";

/// @title Escrow: the currency's one way in, and one way out
/// @notice See IEscrow. Everything in between is numbers, and calls nobody.
abstract contract Escrow is IEscrow {
    using SafeERC20 for IERC20;

    /// @inheritdoc IEscrow
    IERC20 public immutable currency;

    /// @dev What is owed; see Debts for what a word says.
    mapping(address account => uint256 word) private _owed;
    /// @dev Whether the currency is being called: it must not call back while balances are compared.
    bool private transient _entered;

    /// @notice Refuses to be entered again by the currency.
    modifier nonReentrant() {
        if (_entered) revert Reentered();
        _entered = true;
        _;
        _entered = false;
    }

    /// @notice Deploys an escrow that holds nothing.
    /// @param token Any ERC-20 that moves what it is told to.
    constructor(IERC20 token) {
        if (address(token).code.length == 0) revert CurrencyWithoutCode(address(token));
        currency = token;
    }

    /// @inheritdoc IEscrow
    function withdraw() external nonReentrant returns (uint256 amount) {
        amount = Debts.owed(_owed[msg.sender]);
        if (amount == 0) revert NothingOwed(msg.sender);
        _owed[msg.sender] = Debts.SETTLED;
        emit CreditWithdrawn(msg.sender, amount);
        uint256 before = currency.balanceOf(address(this));
        currency.safeTransfer(msg.sender, amount);
        // What a currency takes beyond the amount would be taken from others.
        _requireExact(amount, currency.balanceOf(address(this)), before);
    }

    /// @inheritdoc IEscrow
    function owedTo(address account) public view returns (uint256) {
        return Debts.owed(_owed[account]);
    }

    /// @dev Takes an amount in; the caller of this is guarded against reentrance.
    function _deposit(address from, uint256 amount) internal {
        if (amount == 0) return;
        uint256 before = currency.balanceOf(address(this));
        currency.safeTransferFrom(from, address(this), amount);
        _requireExact(amount, before, currency.balanceOf(address(this)));
    }

    /// @dev Owes an amount, of what was taken in, to an account.
    function _owe(address account, uint256 amount) internal {
        if (amount == 0) return;
        _owed[account] = Debts.more(_owed[account], amount);
    }

    function _requireExact(uint256 asked, uint256 less, uint256 more) private pure {
        uint256 moved = more > less ? more - less : 0;
        if (moved != asked) revert TransferInexact(asked, moved);
    }
}
