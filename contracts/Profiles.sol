// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IProfiles} from "./interfaces/IProfiles.sol";
import {Texts} from "./libraries/Texts.sol";
import {NotActive} from "./types/Access.sol";
import {KINDS, Profile} from "./types/Profile.sol";

/// @title Profiles: the members of the consortium
/// @notice See IProfiles.
contract Profiles is IProfiles, Ownable2Step {
    using Texts for string;

    uint256 private constant NAME_LIMIT = 48;
    uint256 private constant URL_LIMIT = 256;

    mapping(address member => Profile) private _profiles;
    mapping(string name => address member) private _named;
    address[] private _members;

    /// @notice Deploys a consortium without members.
    /// @param administrator Who admits members: an account, or a governing contract.
    constructor(address administrator) Ownable(administrator) {}

    /// @inheritdoc IProfiles
    function admit(address member, string calldata name, uint16 kinds) external onlyOwner {
        if (member == address(0)) revert MemberMissing();
        if (!name.isName(NAME_LIMIT)) revert NameInvalid(name);
        if (kinds == 0 || kinds & ~KINDS != 0) revert KindsInvalid(kinds);
        if (_named[name] != address(0)) revert NameTaken(name, _named[name]);
        Profile storage profile = _profiles[member];
        if (profile.admittedAt != 0) revert MemberExists(member);
        profile.name = name;
        profile.kinds = kinds;
        profile.active = true;
        profile.admittedAt = uint64(block.number);
        _named[name] = member;
        _members.push(member);
        emit MemberAdmitted(member, name, kinds);
    }

    /// @inheritdoc IProfiles
    function publish(string calldata url, bytes32 signingKey, bytes32 sealingKey) external {
        Profile storage profile = _profiles[msg.sender];
        if (!profile.active) revert NotActive(msg.sender);
        if (!url.isVisible(URL_LIMIT)) revert UrlInvalid(url);
        if (signingKey == 0 || sealingKey == 0) revert KeyMissing(signingKey, sealingKey);
        profile.url = url;
        emit ProfilePublished(msg.sender, url);
        if (profile.signingKey == signingKey && profile.sealingKey == sealingKey) return;
        uint64 fromBlock = uint64(block.number);
        profile.signingKey = signingKey;
        profile.sealingKey = sealingKey;
        profile.keysFrom = fromBlock;
        emit KeysRotated(msg.sender, signingKey, sealingKey, fromBlock);
    }

    /// @inheritdoc IProfiles
    function isActive(address account) external view returns (bool) {
        return _profiles[account].active;
    }

    /// @inheritdoc IProfiles
    function profileOf(address member) external view returns (Profile memory profile) {
        profile = _profiles[member];
        if (profile.admittedAt == 0) revert MemberUnknown(member);
    }

    /// @inheritdoc IProfiles
    function memberNamed(string calldata name) external view returns (address) {
        return _named[name];
    }

    /// @inheritdoc IProfiles
    function memberCount() external view returns (uint256) {
        return _members.length;
    }

    /// @inheritdoc IProfiles
    function members(uint256 start, uint256 limit) external view returns (address[] memory page) {
        uint256 total = _members.length;
        uint256 left = start < total ? total - start : 0;
        page = new address[](limit < left ? limit : left);
        for (uint256 i = 0; i < page.length; ++i) {
            page[i] = _members[start + i];
        }
    }
}
