// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {IProfiles} from "./interfaces/IProfiles.sol";
import {IReceipts} from "./interfaces/IReceipts.sol";
import {NotActive} from "./types/Access.sol";
import {Head} from "./types/Head.sol";

/// @title Receipts: anchored heads of the members' logs
/// @notice See IReceipts.
contract Receipts is IReceipts {
    IProfiles private immutable _profiles;

    mapping(address member => Head) private _heads;

    /// @notice Deploys a list without heads.
    /// @param profiles Knows who may anchor.
    constructor(IProfiles profiles) {
        _profiles = profiles;
    }

    /// @inheritdoc IReceipts
    function anchor(uint64 size, bytes32 root) external {
        if (!_profiles.isActive(msg.sender)) revert NotActive(msg.sender);
        if (root == 0) revert RootMissing();
        if (size > type(uint40).max) revert SizeOutOfBounds(size);
        uint64 anchored = _heads[msg.sender].size;
        if (size <= anchored) revert SizeNotGrown(msg.sender, size, anchored);
        _heads[msg.sender] = Head({root: bytes27(root), size: uint40(size)});
        emit HeadAnchored(msg.sender, size, root);
    }

    /// @inheritdoc IReceipts
    function headOf(address member) external view returns (Head memory) {
        return _heads[member];
    }
}
