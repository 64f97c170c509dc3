// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MemberVotes} from "./MemberVotes.sol";
import {IProfiles} from "./interfaces/IProfiles.sol";
import {KeyHistory} from "./libraries/KeyHistory.sol";
import {Texts} from "./libraries/Texts.sol";
import {NotActive} from "./types/Access.sol";
import {Keys, KIND_SUPERVISOR, KINDS, Profile, Standing} from "./types/Profile.sol";

/// @title Profiles: the members of the consortium, and their votes
/// @notice See IProfiles and IMemberVotes.
contract Profiles is IProfiles, MemberVotes, AccessManaged {
    using KeyHistory for Keys[];
    using Texts for string;

    /// @dev What others ask most, standing and kinds, is one word.
    struct Member {
        uint64 admittedAt;
        uint16 kinds;
        Standing standing;
        string name;
        string url;
        Keys[] keys;
    }

    uint256 private constant NAME_LIMIT = 48;
    uint256 private constant URL_LIMIT = 256;

    mapping(address account => Member) private _members;
    mapping(string name => address member) private _named;
    address[] private _list;

    /// @notice Deploys a consortium without members.
    /// @param authority Knows who may admit, suspend and remove members: governance.
    constructor(address authority) AccessManaged(authority) EIP712("Belt profiles", "1") {}

    /// @inheritdoc IProfiles
    function admit(address account, string calldata name, uint16 kinds) external restricted {
        if (account == address(0)) revert MemberMissing();
        if (!name.isName(NAME_LIMIT)) revert NameInvalid(name);
        _requireKinds(kinds);
        address holder = _named[name];
        if (holder != address(0) && holder != account) revert NameTaken(name, holder);
        Member storage member = _members[account];
        if (_isMember(member.standing)) revert MemberExists(account);
        if (member.standing == Standing.NONE) {
            member.admittedAt = uint64(block.number);
            member.name = name;
            _named[name] = account;
            _list.push(account);
        } else if (holder != account) {
            revert NameChanged(name, member.name);
        }
        member.kinds = kinds;
        member.standing = Standing.ACTIVE;
        _giveVote(account);
        emit MemberAdmitted(account, name, kinds);
    }

    /// @inheritdoc IProfiles
    function suspend(address account) external restricted {
        if (_members[account].standing != Standing.ACTIVE) revert NotActive(account);
        _end(account, Standing.SUSPENDED);
        emit MemberSuspended(account);
    }

    /// @inheritdoc IProfiles
    function reinstate(address account) external restricted {
        Member storage member = _members[account];
        if (member.standing != Standing.SUSPENDED) revert NotSuspended(account, member.standing);
        member.standing = Standing.ACTIVE;
        _giveVote(account);
        emit MemberReinstated(account);
    }

    /// @inheritdoc IProfiles
    function remove(address account) external restricted {
        _end(account, Standing.REMOVED);
        emit MemberRemoved(account);
    }

    /// @inheritdoc IProfiles
    function changeKinds(address account, uint16 kinds) external restricted {
        _requireKinds(kinds);
        if (!_isMember(_members[account].standing)) revert MemberUnknown(account);
        _members[account].kinds = kinds;
        emit KindsChanged(account, kinds);
    }

    /// @inheritdoc IProfiles
    function resign() external {
        _end(msg.sender, Standing.LEFT);
        emit MemberLeft(msg.sender);
    }

    /// @inheritdoc IProfiles
    function publish(string calldata url, bytes32 signingKey, bytes32 sealingKey) external {
        Member storage member = _members[msg.sender];
        if (member.standing != Standing.ACTIVE) revert NotActive(msg.sender);
        if (!url.isVisible(URL_LIMIT)) revert UrlInvalid(url);
        if (signingKey == 0 || sealingKey == 0) revert KeyMissing(signingKey, sealingKey);
        member.url = url;
        emit ProfilePublished(msg.sender, url);
        Keys memory former = member.keys.newest();
        if (former.signing == signingKey && former.sealing == sealingKey) return;
        member.keys.add(signingKey, sealingKey);
        emit KeysRotated(msg.sender, signingKey, sealingKey, uint64(block.number));
    }

    /// @inheritdoc IProfiles
    function isActive(address account) external view returns (bool) {
        return _members[account].standing == Standing.ACTIVE;
    }

    /// @inheritdoc IProfiles
    function isSupervisor(address account) external view returns (bool) {
        Member storage member = _members[account];
        return member.standing == Standing.ACTIVE && member.kinds & KIND_SUPERVISOR != 0;
    }

    /// @inheritdoc IProfiles
    function profileOf(address account) external view returns (Profile memory) {
        Member storage member = _members[account];
        if (member.standing == Standing.NONE) revert MemberUnknown(account);
        Keys memory keys = member.keys.newest();
        return Profile({
            name: member.name,
            url: member.url,
            signingKey: keys.signing,
            sealingKey: keys.sealing,
            keysFrom: keys.fromBlock,
            admittedAt: member.admittedAt,
            kinds: member.kinds,
            standing: member.standing
        });
    }

    /// @inheritdoc IProfiles
    function keysAt(address account, uint64 atBlock) external view returns (Keys memory keys) {
        keys = _members[account].keys.ofBlock(atBlock);
        if (keys.fromBlock == 0) revert KeysUnknown(account, atBlock);
    }

    /// @inheritdoc IProfiles
    function memberNamed(string calldata name) external view returns (address) {
        return _named[name];
    }

    /// @inheritdoc IProfiles
    function memberCount() external view returns (uint256) {
        return _list.length;
    }

    /// @inheritdoc IProfiles
    function members(uint256 start, uint256 limit) external view returns (address[] memory page) {
        uint256 total = _list.length;
        uint256 left = start < total ? total - start : 0;
        page = new address[](limit < left ? limit : left);
        for (uint256 i = 0; i < page.length; ++i) {
            page[i] = _list[start + i];
        }
    }

    /// @dev Ends a membership for now or for good; an active member's vote goes with it.
    function _end(address account, Standing standing) private {
        Member storage member = _members[account];
        if (!_isMember(member.standing)) revert MemberUnknown(account);
        if (member.standing == Standing.ACTIVE) {
            if (activeCount() == 1) revert LastMember(account);
            _takeVote(account);
        }
        member.standing = standing;
    }

    function _isMember(Standing standing) private pure returns (bool) {
        return standing == Standing.ACTIVE || standing == Standing.SUSPENDED;
    }

    function _requireKinds(uint16 kinds) private pure {
        if (kinds == 0 || kinds & ~KINDS != 0) revert KindsInvalid(kinds);
    }
}
