// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IDirectory} from "./interfaces/IDirectory.sol";

/// @title Directory: where the contracts are
/// @notice See IDirectory.
contract Directory is IDirectory, AccessManaged {
    /// @inheritdoc IDirectory
    uint64 public immutable deployedAt;

    mapping(bytes32 name => address target) private _targets;

    /// @notice Deploys an empty directory.
    /// @param authority Knows who may change the directory: governance.
    constructor(address authority) AccessManaged(authority) {
        deployedAt = uint64(block.number);
    }

    /// @inheritdoc IDirectory
    function set(bytes32 name, address target) external restricted {
        if (name == 0) revert NameMissing();
        if (target.code.length == 0) revert TargetWithoutCode(name, target);
        _targets[name] = target;
        emit AddressSet(name, target);
    }

    /// @inheritdoc IDirectory
    function addressOf(bytes32 name) external view returns (address target) {
        target = _targets[name];
        if (target == address(0)) revert NameUnknown(name);
    }
}
