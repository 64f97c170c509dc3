// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Profile} from "../types/Profile.sol";

/// @title Who is who
/// @notice The members of the consortium. The administrator (a governing contract, or the deployer's account in a
/// local network) admits them; each publishes its own URL and keys.
interface IProfiles {
    /// @notice An account became a member.
    /// @param member Its account.
    /// @param name Its name in the consortium.
    /// @param kinds What it is: bits of the KIND constants.
    event MemberAdmitted(address indexed member, string name, uint16 kinds);
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
    /// @notice The account is a member already.
    error MemberExists(address member);
    /// @notice The account is not a member.
    error MemberUnknown(address account);
    /// @notice A name is 1 to 48 lower-case letters, digits and single hyphens, a letter first.
    error NameInvalid(string name);
    /// @notice Another member has the name.
    error NameTaken(string name, address member);
    /// @notice Kinds are one or more of the bits 1 to 16.
    error KindsInvalid(uint16 kinds);
    /// @notice A URL is 1 to 256 visible ASCII characters.
    error UrlInvalid(string url);
    /// @notice Both keys are needed.
    error KeyMissing(bytes32 signingKey, bytes32 sealingKey);

    /// @notice Admits a member.
    /// @dev Only the administrator.
    /// @param member Its account.
    /// @param name Its name; it stays.
    /// @param kinds What it is: bits of 1 producer, 2 consumer, 4 network supplier, 8 auditor, 16 supervisor.
    function admit(address member, string calldata name, uint16 kinds) external;

    /// @notice Publishes or changes the caller's own URL and keys. New keys count from the current block.
    /// @dev Only an active member.
    /// @param url Where the node answers.
    /// @param signingKey Ed25519 public key that the member signs with.
    /// @param sealingKey X25519 public key that trays for the member are sealed to.
    function publish(string calldata url, bytes32 signingKey, bytes32 sealingKey) external;

    /// @notice Whether the account is a member that may act.
    /// @param account Any account.
    function isActive(address account) external view returns (bool);

    /// @notice The profile of a member; reverts with MemberUnknown for any other account.
    /// @param member Its account.
    function profileOf(address member) external view returns (Profile memory);

    /// @notice The member with a name; zero when there is none.
    /// @param name Its name in the consortium.
    function memberNamed(string calldata name) external view returns (address);

    /// @notice The number of members.
    function memberCount() external view returns (uint256);

    /// @notice A page of the members, in the order in which they were admitted.
    /// @param start The index of the first.
    /// @param limit How many at most.
    function members(uint256 start, uint256 limit) external view returns (address[] memory);
}
