// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title The consortium's own currency
/// @notice One unit is one credit: there are no fractions, as offers' prices have none. Active members send it to each
/// other and book with it; nobody else can hold it, except who leaves with what it has.
interface ICredit {
    /// @notice The escrow pays in only what a booking takes, and its credit is never burned.
    error EscrowClosed(address account);

    /// @notice Makes new credit for a member.
    /// @dev Only governance; the member is active.
    /// @param member Who gets it.
    /// @param amount How much.
    function mint(address member, uint256 amount) external;

    /// @notice Takes credit out of the world, such as what was paid out in money.
    /// @dev Only governance; never the escrow's.
    /// @param holder Whose it is.
    /// @param amount How much.
    function burn(address holder, uint256 amount) external;

    /// @notice The contract that holds what is booked.
    function escrow() external view returns (address);
}
