// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title Credit that is held for others
/// @notice What is paid in is held until it is owed to somebody, and whoever it is owed to withdraws it.
interface IEscrow {
    /// @notice Somebody withdrew all that was owed to it.
    /// @param account Who.
    /// @param amount How much, in the smallest unit of the currency.
    event CreditWithdrawn(address indexed account, uint256 amount);

    /// @notice There is no contract at the currency's address.
    error CurrencyWithoutCode(address currency);
    /// @notice The currency moved another amount than it was told to: it takes a fee, or lies.
    error TransferInexact(uint256 asked, uint256 moved);
    /// @notice The currency calls back while it moves credit.
    error Reentered();
    /// @notice Nothing is owed to the account.
    error NothingOwed(address account);

    /// @notice Pays everything that is owed to the caller, member or not.
    /// @return amount How much, in the smallest unit of the currency.
    function withdraw() external returns (uint256 amount);

    /// @notice What an account can withdraw now.
    /// @param account The account.
    function owedTo(address account) external view returns (uint256);

    /// @notice The ERC-20 in which everything is paid.
    function currency() external view returns (IERC20);
}
