// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {IBelts} from "./interfaces/IBelts.sol";
import {ICommunities} from "./interfaces/ICommunities.sol";
import {IProfiles} from "./interfaces/IProfiles.sol";
import {Texts} from "./libraries/Texts.sol";
import {NotActive} from "./types/Access.sol";

/// @title Communities: branches of the consortium with stewards, belts and channels of their own
/// @notice See ICommunities.
contract Communities is ICommunities, AccessManaged {
    using EnumerableSet for EnumerableSet.AddressSet;
    using EnumerableSet for EnumerableSet.Bytes32Set;
    using EnumerableSet for EnumerableSet.StringSet;
    using Texts for string;

    struct Community {
        string name;
        EnumerableSet.AddressSet stewards;
        EnumerableSet.AddressSet members;
        EnumerableSet.Bytes32Set belts;
        EnumerableSet.StringSet channels;
        mapping(string channel => string url) urls;
    }

    uint256 private constant NAME_LIMIT = 48;
    uint256 private constant URL_LIMIT = 256;
    uint256 private constant STEWARDS_LIMIT = 32;

    IProfiles private immutable _profiles;
    IBelts private immutable _belts;

    mapping(bytes32 community => Community) private _communities;
    bytes32[] private _list;

    /// @notice Refuses whoever is no active member that is a steward of the community.
    /// @param community The community.
    modifier onlySteward(bytes32 community) {
        _known(community);
        if (!isSteward(community, msg.sender)) revert NotSteward(community, msg.sender);
        _;
    }

    /// @notice Deploys it without communities.
    /// @param authority Knows who may found communities and replace stewards: governance.
    /// @param profiles Knows who is an active member.
    /// @param belts Knows which belts there are.
    constructor(address authority, IProfiles profiles, IBelts belts) AccessManaged(authority) {
        _profiles = profiles;
        _belts = belts;
    }

    /// @inheritdoc ICommunities
    function found(string calldata name, address[] calldata stewards)
        external
        restricted
        returns (bytes32 community)
    {
        if (!name.isName(NAME_LIMIT)) revert NameInvalid(name);
        community = keccak256(bytes(name));
        if (bytes(_communities[community].name).length != 0) revert CommunityExists(community);
        _communities[community].name = name;
        _list.push(community);
        emit CommunityFounded(community, name);
        _appoint(community, stewards);
    }

    /// @inheritdoc ICommunities
    function replaceStewards(bytes32 community, address[] calldata stewards) external restricted {
        EnumerableSet.AddressSet storage former = _known(community).stewards;
        for (uint256 left = former.length(); left != 0; --left) {
            address steward = former.at(left - 1);
            former.remove(steward);
            emit StewardRemoved(community, steward);
        }
        _appoint(community, stewards);
    }

    /// @inheritdoc ICommunities
    function addSteward(bytes32 community, address member) external onlySteward(community) {
        Community storage record = _communities[community];
        if (!record.members.contains(member)) revert NotJoined(community, member);
        _requireActive(member);
        if (record.stewards.length() == STEWARDS_LIMIT) revert StewardsOutOfBounds(STEWARDS_LIMIT + 1);
        if (!record.stewards.add(member)) revert StewardExists(community, member);
        emit StewardAdded(community, member);
    }

    /// @inheritdoc ICommunities
    function removeSteward(bytes32 community, address member) external onlySteward(community) {
        if (!_dismiss(community, member)) revert NotSteward(community, member);
    }

    /// @inheritdoc ICommunities
    function join(bytes32 community) external {
        Community storage record = _known(community);
        _requireActive(msg.sender);
        if (!record.members.add(msg.sender)) revert JoinedAlready(community, msg.sender);
        emit CommunityJoined(community, msg.sender);
    }

    /// @inheritdoc ICommunities
    function quit(bytes32 community) external {
        if (!_known(community).members.remove(msg.sender)) revert NotJoined(community, msg.sender);
        _dismiss(community, msg.sender);
        emit CommunityLeft(community, msg.sender);
    }

    /// @inheritdoc ICommunities
    function adopt(bytes32 community, bytes32 belt) external onlySteward(community) {
        // Reverts when there is no such belt.
        _belts.beltOf(belt);
        if (!_communities[community].belts.add(belt)) revert BeltAdoptedAlready(community, belt);
        emit BeltAdopted(community, belt);
    }

    /// @inheritdoc ICommunities
    function drop(bytes32 community, bytes32 belt) external onlySteward(community) {
        if (!_communities[community].belts.remove(belt)) revert BeltNotAdopted(community, belt);
        emit BeltDropped(community, belt);
    }

    /// @inheritdoc ICommunities
    function setChannel(bytes32 community, string calldata channel, string calldata url)
        external
        onlySteward(community)
    {
        if (!channel.isName(NAME_LIMIT)) revert NameInvalid(channel);
        if (!url.isVisible(URL_LIMIT)) revert UrlInvalid(url);
        Community storage record = _communities[community];
        record.channels.add(channel);
        record.urls[channel] = url;
        emit ChannelSet(community, channel, url);
    }

    /// @inheritdoc ICommunities
    function removeChannel(bytes32 community, string calldata channel) external onlySteward(community) {
        Community storage record = _communities[community];
        if (!record.channels.remove(channel)) revert ChannelUnknown(community, channel);
        delete record.urls[channel];
        emit ChannelSet(community, channel, "");
    }

    /// @inheritdoc ICommunities
    function communityCount() external view returns (uint256) {
        return _list.length;
    }

    /// @inheritdoc ICommunities
    function communities(uint256 start, uint256 limit) external view returns (bytes32[] memory page) {
        uint256 end = _endOf(start, limit);
        uint256 count = _list.length;
        if (end > count) end = count;
        page = new bytes32[](start < end ? end - start : 0);
        for (uint256 i = 0; i < page.length; ++i) {
            page[i] = _list[start + i];
        }
    }

    /// @inheritdoc ICommunities
    function nameOf(bytes32 community) external view returns (string memory) {
        return _known(community).name;
    }

    /// @inheritdoc ICommunities
    function isSteward(bytes32 community, address account) public view returns (bool) {
        return _communities[community].stewards.contains(account) && _profiles.isActive(account);
    }

    /// @inheritdoc ICommunities
    function hasJoined(bytes32 community, address account) external view returns (bool) {
        return _communities[community].members.contains(account);
    }

    /// @inheritdoc ICommunities
    function hasAdopted(bytes32 community, bytes32 belt) external view returns (bool) {
        return _communities[community].belts.contains(belt);
    }

    /// @inheritdoc ICommunities
    function stewardsOf(bytes32 community) external view returns (address[] memory) {
        return _known(community).stewards.values();
    }

    /// @inheritdoc ICommunities
    function membersOf(bytes32 community, uint256 start, uint256 limit) external view returns (address[] memory) {
        return _known(community).members.values(start, _endOf(start, limit));
    }

    /// @inheritdoc ICommunities
    function beltsOf(bytes32 community, uint256 start, uint256 limit) external view returns (bytes32[] memory) {
        return _known(community).belts.values(start, _endOf(start, limit));
    }

    /// @inheritdoc ICommunities
    function channelsOf(bytes32 community, uint256 start, uint256 limit) external view returns (string[] memory) {
        return _known(community).channels.values(start, _endOf(start, limit));
    }

    /// @inheritdoc ICommunities
    function urlOf(bytes32 community, string calldata channel) external view returns (string memory) {
        return _known(community).urls[channel];
    }

    function _appoint(bytes32 community, address[] calldata stewards) private {
        if (stewards.length == 0 || stewards.length > STEWARDS_LIMIT) revert StewardsOutOfBounds(stewards.length);
        Community storage record = _communities[community];
        for (uint256 i = 0; i < stewards.length; ++i) {
            address steward = stewards[i];
            _requireActive(steward);
            if (!record.stewards.add(steward)) revert StewardExists(community, steward);
            if (record.members.add(steward)) emit CommunityJoined(community, steward);
            emit StewardAdded(community, steward);
        }
    }

    /// @dev Ends a stewardship, if there is one, and never the last.
    function _dismiss(bytes32 community, address member) private returns (bool dismissed) {
        EnumerableSet.AddressSet storage stewards = _communities[community].stewards;
        dismissed = stewards.remove(member);
        if (!dismissed) return false;
        if (stewards.length() == 0) revert StewardsOutOfBounds(0);
        emit StewardRemoved(community, member);
    }

    function _requireActive(address account) private view {
        if (!_profiles.isActive(account)) revert NotActive(account);
    }

    function _known(bytes32 community) private view returns (Community storage record) {
        record = _communities[community];
        if (bytes(record.name).length == 0) revert CommunityUnknown(community);
    }

    /// @dev The index after a page's last, as far as numbers go.
    function _endOf(uint256 start, uint256 limit) private pure returns (uint256) {
        return limit < type(uint256).max - start ? start + limit : type(uint256).max;
    }
}
