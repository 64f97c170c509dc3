// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice The account is not an active member, and only these may do this.
error NotActive(address account);

/// @notice The account is not an active member that is a supervisor, and only these may do this.
error NotSupervisor(address account);
