// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice The account is not an active member, and only these may do this.
error NotActive(address account);
