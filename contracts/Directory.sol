// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IDirectory} from "./interfaces/IDirectory.sol";

/// @title Directory: where the contracts are
/// @notice See IDirectory.
contract Directory is IDirectory, Ownable2Step {
    /// @inheritdoc IDirectory
    uint64 public immutable deployedAt;

    mapping(bytes32 name => address target) private _targets;

    /// @notice Deploys an empty directory.
    /// @param administrator Who may change the directory: an account, or a governing contract.
    constructor(address administrator) Ownable(administrator) {
        deployedAt = uint64(block.number);
    }

    /// @inheritdoc IDirectory
    function set(bytes32 name, address target) external onlyOwner {
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
