// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @title Branches of the consortium
/// @notice Members that have something in common, such as a region or a trade, with belts that they adopt and channels
/// in which they talk. A profile may belong to any number of them. The members of the consortium found a community by
/// vote; its stewards run it.
///
/// Joining is open to every active member, and leaving to everybody: the members of the consortium have admitted each
/// other already, and a community gives no right over anything that others book or own. Nobody is put into a community,
/// but the stewards that it is founded with.
interface ICommunities {
    /// @notice A community was founded.
    /// @param community Its id: the Keccak-256 hash of its name.
    /// @param name Its name.
    event CommunityFounded(bytes32 indexed community, string name);
    /// @notice A member of the community is one of its stewards from now on.
    /// @param community The community.
    /// @param member The steward.
    event StewardAdded(bytes32 indexed community, address indexed member);
    /// @notice A member of the community is no longer one of its stewards.
    /// @param community The community.
    /// @param member Who was a steward.
    event StewardRemoved(bytes32 indexed community, address indexed member);
    /// @notice A member joined the community.
    /// @param community The community.
    /// @param member Who joined.
    event CommunityJoined(bytes32 indexed community, address indexed member);
    /// @notice A member left the community.
    /// @param community The community.
    /// @param member Who left.
    event CommunityLeft(bytes32 indexed community, address indexed member);
    /// @notice The community recommends a belt to its members.
    /// @param community The community.
    /// @param belt The belt.
    event BeltAdopted(bytes32 indexed community, bytes32 indexed belt);
    /// @notice The community no longer recommends a belt.
    /// @param community The community.
    /// @param belt The belt.
    event BeltDropped(bytes32 indexed community, bytes32 indexed belt);
    /// @notice A channel of the community is at this URL from now on; an empty one when there is none of this name any more.
    /// @param community The community.
    /// @param channel The channel's name.
    /// @param url Where it is.
    event ChannelSet(bytes32 indexed community, string channel, string url);

    /// @notice A name is 1 to 48 lower-case letters, digits and single hyphens, a letter first.
    error NameInvalid(string name);
    /// @notice Another community has the name.
    error CommunityExists(bytes32 community);
    /// @notice No such community.
    error CommunityUnknown(bytes32 community);
    /// @notice A community has 1 to 32 stewards.
    error StewardsOutOfBounds(uint256 stewards);
    /// @notice The account is no active member that is a steward of the community.
    error NotSteward(bytes32 community, address account);
    /// @notice The account is a steward of the community already.
    error StewardExists(bytes32 community, address member);
    /// @notice Only who has joined the community can be its steward, and leave it.
    error NotJoined(bytes32 community, address account);
    /// @notice The account belongs to the community already.
    error JoinedAlready(bytes32 community, address member);
    /// @notice The community adopted the belt before.
    error BeltAdoptedAlready(bytes32 community, bytes32 belt);
    /// @notice The community has not adopted the belt.
    error BeltNotAdopted(bytes32 community, bytes32 belt);
    /// @notice A URL is 1 to 256 visible ASCII characters.
    error UrlInvalid(string url);
    /// @notice The community has no channel of this name.
    error ChannelUnknown(bytes32 community, string channel);

    /// @notice Founds a community.
    /// @dev Only governance.
    /// @param name Its name; it stays.
    /// @param stewards Its first stewards: active members, who belong to it from the beginning.
    /// @return community Its id.
    function found(string calldata name, address[] calldata stewards) external returns (bytes32 community);

    /// @notice Gives a community other stewards, such as one whose stewards have all fallen silent.
    /// @dev Only governance.
    /// @param community The community.
    /// @param stewards Active members, who belong to it from now on; nobody else is a steward any more.
    function replaceStewards(bytes32 community, address[] calldata stewards) external;

    /// @notice Makes a member of the community one of its stewards.
    /// @dev Only a steward of the community.
    /// @param community The community.
    /// @param member An active member that has joined it.
    function addSteward(bytes32 community, address member) external;

    /// @notice Ends a stewardship, also the caller's own, but never the last one.
    /// @dev Only a steward of the community.
    /// @param community The community.
    /// @param member Who is a steward.
    function removeSteward(bytes32 community, address member) external;

    /// @notice Joins a community.
    /// @dev Only an active member.
    /// @param community The community.
    function join(bytes32 community) external;

    /// @notice Leaves a community, and its stewardship with it; the last steward cannot.
    /// @dev Only who belongs to it, whatever its standing in the consortium.
    /// @param community The community.
    function quit(bytes32 community) external;

    /// @notice Recommends a belt to the community's members.
    /// @dev Only a steward of the community.
    /// @param community The community.
    /// @param belt The belt.
    function adopt(bytes32 community, bytes32 belt) external;

    /// @notice Recommends a belt no longer.
    /// @dev Only a steward of the community.
    /// @param community The community.
    /// @param belt The belt.
    function drop(bytes32 community, bytes32 belt) external;

    /// @notice Says where a channel is.
    /// @dev Only a steward of the community.
    /// @param community The community.
    /// @param channel The channel's name: a slug, as the community's own.
    /// @param url Where it is.
    function setChannel(bytes32 community, string calldata channel, string calldata url) external;

    /// @notice Closes a channel.
    /// @dev Only a steward of the community.
    /// @param community The community.
    /// @param channel The channel's name.
    function removeChannel(bytes32 community, string calldata channel) external;

    /// @notice The number of communities.
    function communityCount() external view returns (uint256);

    /// @notice A page of the communities, in the order in which they were founded.
    /// @param start The index of the first.
    /// @param limit How many at most.
    function communities(uint256 start, uint256 limit) external view returns (bytes32[] memory);

    /// @notice The name of a community; reverts with CommunityUnknown when there is none.
    /// @param community The community.
    function nameOf(bytes32 community) external view returns (string memory);

    /// @notice Whether an account is a steward of a community, and may act as one.
    /// @param community The community.
    /// @param account Any account.
    function isSteward(bytes32 community, address account) external view returns (bool);

    /// @notice Whether an account has joined a community.
    /// @param community The community.
    /// @param account Any account.
    function hasJoined(bytes32 community, address account) external view returns (bool);

    /// @notice Whether a community has adopted a belt.
    /// @param community The community.
    /// @param belt The belt.
    function hasAdopted(bytes32 community, bytes32 belt) external view returns (bool);

    /// @notice The stewards of a community, of which there are 1 to 32.
    /// @param community The community.
    function stewardsOf(bytes32 community) external view returns (address[] memory);

    /// @notice A page of those who have joined a community, in no order.
    /// @param community The community.
    /// @param start The index of the first.
    /// @param limit How many at most.
    function membersOf(bytes32 community, uint256 start, uint256 limit) external view returns (address[] memory);

    /// @notice A page of the belts that a community has adopted, in no order.
    /// @param community The community.
    /// @param start The index of the first.
    /// @param limit How many at most.
    function beltsOf(bytes32 community, uint256 start, uint256 limit) external view returns (bytes32[] memory);

    /// @notice A page of the names of a community's channels, in no order.
    /// @param community The community.
    /// @param start The index of the first.
    /// @param limit How many at most.
    function channelsOf(bytes32 community, uint256 start, uint256 limit) external view returns (string[] memory);

    /// @notice Where a channel is; empty when there is none of this name.
    /// @param community The community.
    /// @param channel The channel's name.
    function urlOf(bytes32 community, string calldata channel) external view returns (string memory);
}
