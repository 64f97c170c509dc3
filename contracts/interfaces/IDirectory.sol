// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title Where everything is
/// @notice The one address that a node must know: it leads to the other contracts.
interface IDirectory {
    /// @notice A name leads to another contract from now on.
    /// @param name The name: a short string.
    /// @param target The contract.
    event AddressSet(bytes32 indexed name, address target);

    /// @notice The name is empty.
    error NameMissing();
    /// @notice Nothing has this name.
    error NameUnknown(bytes32 name);
    /// @notice There is no contract at the address.
    error TargetWithoutCode(bytes32 name, address target);

    /// @notice Lets a name lead to a contract.
    /// @dev Only governance.
    /// @param name A short string, such as "Profiles", "Offers", "Belts", "Bookings", "Receipts", "Governance".
    /// @param target The contract.
    function set(bytes32 name, address target) external;

    /// @notice The contract with a name.
    /// @dev Reverts with NameUnknown rather than answer with no address.
    /// @param name The name: a short string.
    function addressOf(bytes32 name) external view returns (address);

    /// @notice The block in which the directory was deployed: no event that matters is older.
    function deployedAt() external view returns (uint64);
}
