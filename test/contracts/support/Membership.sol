// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IProfiles} from "../../../contracts/interfaces/IProfiles.sol";

/// @title Who is an active member, as the test says: the one thing that the other contracts ask of profiles
contract Membership {
    mapping(address account => bool) public isActive;

    function set(address account, bool active) external {
        isActive[account] = active;
    }

    function profiles() external view returns (IProfiles) {
        return IProfiles(address(this));
    }
}
