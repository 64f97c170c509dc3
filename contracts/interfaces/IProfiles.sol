// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Keys, Profile, Standing} from "../types/Profile.sol";

/// @title Who is who
/// @notice The members of the consortium: one identity each, for everything. The members decide by vote who is admitted,
/// suspended and removed, and what each of them is; each publishes its own URL and keys, and leaves when it wants to.
interface IProfiles {
    /// @notice An account became a member, or one again.
    /// @param member Its account.
    /// @param name Its name in the consortium.
    /// @param kinds What it is: bits of the KIND constants.
    event MemberAdmitted(address indexed member, string name, uint16 kinds);
    /// @notice A member may not act for now: it makes no offers or bookings, anchors nothing and has no vote.
    /// @param member The member.
    event MemberSuspended(address indexed member);
    /// @notice A suspended member may act again.
    /// @param member The member.
    event MemberReinstated(address indexed member);
    /// @notice The members removed one of theirs.
    /// @param member Who is no member any more.
    event MemberRemoved(address indexed member);
    /// @notice A member left by itself.
    /// @param member Who is no member any more.
    event MemberLeft(address indexed member);
    /// @notice A member is something else from now on.
    /// @param member The member.
    /// @param kinds What it is: bits of the KIND constants.
    event KindsChanged(address indexed member, uint16 kinds);
    /// @notice A member's node answers at this URL from now on.
    /// @param member The member.
    /// @param url Where its node answers.
    event ProfilePublished(address indexed member, string url);
    /// @notice A member's keys were replaced. The former keys keep counting for what was signed before `fromBlock`.
    /// @param member The member.
    /// @param signingKey Its Ed25519 public key.
    /// @param sealingKey Its X25519 public key.
    /// @param fromBlock The block from which the keys count.
    event KeysRotated(address indexed member, bytes32 signingKey, bytes32 sealingKey, uint64 fromBlock);

    /// @notice No account has the zero address.
    error MemberMissing();
    /// @notice The account is a member already, active or suspended.
    error MemberExists(address member);
    /// @notice The account is not a member: it never was, has left, or was removed.
    error MemberUnknown(address account);
    /// @notice Only a suspended member is reinstated.
    error NotSuspended(address member, Standing standing);
    /// @notice The last active member stays: without it nobody could ever decide anything again.
    error LastMember(address member);
    /// @notice A name is 1 to 48 lower-case letters, digits and single hyphens, a letter first.
    error NameInvalid(string name);
    /// @notice Another account has or had the name.
    error NameTaken(string name, address member);
    /// @notice Who was a member before is admitted again under the name that it had.
    error NameChanged(string name, string former);
    /// @notice Kinds are one or more of the bits 1 to 16.
    error KindsInvalid(uint16 kinds);
    /// @notice A URL is 1 to 256 visible ASCII characters.
    error UrlInvalid(string url);
    /// @notice Both keys are needed.
    error KeyMissing(bytes32 signingKey, bytes32 sealingKey);
    /// @notice The account had published no keys by that block.
    error KeysUnknown(address member, uint64 atBlock);

    /// @notice Admits a member; one that left or was removed comes back with its name, URL and keys.
    /// @dev Only governance.
    /// @param member Its account.
    /// @param name Its name; it stays.
    /// @param kinds What it is: bits of 1 producer, 2 consumer, 4 network supplier, 8 auditor, 16 supervisor.
    function admit(address member, string calldata name, uint16 kinds) external;

    /// @notice Suspends an active member until it is reinstated or removed. What it has booked and is owed stays its own.
    /// @dev Only governance.
    /// @param member The member.
    function suspend(address member) external;

    /// @notice Lets a suspended member act again.
    /// @dev Only governance.
    /// @param member The member.
    function reinstate(address member) external;

    /// @notice Removes a member, active or suspended. What it has booked and is owed stays its own.
    /// @dev Only governance.
    /// @param member The member.
    function remove(address member) external;

    /// @notice Changes what a member is.
    /// @dev Only governance.
    /// @param member The member, active or suspended.
    /// @param kinds What it is from now on: bits of the KIND constants.
    function changeKinds(address member, uint16 kinds) external;

    /// @notice Ends the caller's own membership. What it has booked and is owed stays its own.
    /// @dev Only a member, active or suspended.
    function resign() external;

    /// @notice Publishes or changes the caller's own URL and keys. New keys count from the current block.
    /// @dev Only an active member.
    /// @param url Where the node answers.
    /// @param signingKey Ed25519 public key that the member signs with.
    /// @param sealingKey X25519 public key that trays for the member are sealed to.
    function publish(string calldata url, bytes32 signingKey, bytes32 sealingKey) external;

    /// @notice Whether the account is a member that may act.
    /// @param account Any account.
    function isActive(address account) external view returns (bool);

    /// @notice Whether the account is a supervisor that may act.
    /// @param account Any account.
    function isSupervisor(address account) external view returns (bool);

    /// @notice The profile of who is or ever was a member; reverts with MemberUnknown for any other account.
    /// @param member Its account.
    function profileOf(address member) external view returns (Profile memory);

    /// @notice The keys that counted for a member in a block, also long ago and of who is no member any more; reverts
    /// with KeysUnknown when there were none yet.
    /// @param member Its account.
    /// @param atBlock The number of the block.
    function keysAt(address member, uint64 atBlock) external view returns (Keys memory);

    /// @notice Whose name this is or was; zero when it is nobody's.
    /// @param name Its name in the consortium.
    function memberNamed(string calldata name) external view returns (address);

    /// @notice The number of accounts that are or ever were members.
    function memberCount() external view returns (uint256);

    /// @notice A page of those who are or ever were members, in the order in which they were first admitted.
    /// @param start The index of the first.
    /// @param limit How many at most.
    function members(uint256 start, uint256 limit) external view returns (address[] memory);
}
