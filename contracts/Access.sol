// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @title Access: who may call what is governed
/// @notice Every governed function of every contract asks here. One account begins with all rights: it deploys the
/// contracts, admits the founding members, hands its rights to the Governance contract and gives them up. From then on
/// only what the members have decided comes through, once the execution delay is over.
contract Access is AccessManager {
    /// @notice Deploys with one account that may do everything at once, until it has handed over.
    /// @param founder Who deploys the rest.
    constructor(address founder) AccessManager(founder) {}
}
