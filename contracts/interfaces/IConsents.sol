// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Consent, Grant, Revocation, Use} from "../types/Consent.sol";

/// @title Who may use whose data
/// @notice The owner of data lets a member use it: one source, one purpose, until an expiry. Source and purpose are
/// commitments with a salt that owner and member know; the ledger learns neither, and holds nothing of a person but an
/// account that may be made for one consent alone.
///
/// An owner grants and revokes by its own account, or signs (EIP-712) and lets others bring the signature here: they
/// pay, and can change nothing. Signatures of accounts that are contracts are checked by ERC-1271.
///
/// The grants of one consent are numbered, and only the next number can be granted: so no signature counts twice, and
/// consents never wait for each other. A revocation ends every grant up to a number, whether it was relayed or not: a
/// signed grant that is still on its way is dead from the block in which the revocation lands, and a grant that
/// overtakes a signed revocation is ended by it all the same.
interface IConsents {
    /// @notice A member may use the data from now on, until the expiry.
    /// @param id keccak256(abi.encode(owner, grantee, source, purpose)).
    /// @param owner Whose data it is.
    /// @param grantee Who may use it.
    /// @param source The commitment to the source.
    /// @param purpose The commitment to the purpose.
    /// @param expiry The last second in which it may.
    /// @param nonce The grant's number.
    /// @param relayer Who brought it here: the owner itself, or an active member.
    event ConsentGranted(
        bytes32 indexed id,
        address indexed owner,
        address indexed grantee,
        bytes32 source,
        bytes32 purpose,
        uint64 expiry,
        uint64 nonce,
        address relayer
    );
    /// @notice A member may not use the data any more, whatever was granted up to a number.
    /// @param id keccak256(abi.encode(owner, grantee, source, purpose)).
    /// @param owner Whose data it is.
    /// @param grantee Who may not use it.
    /// @param source The commitment to the source.
    /// @param purpose The commitment to the purpose.
    /// @param nonce The number of the last grant that ended.
    /// @param relayer Who brought it here: the owner itself, or anybody.
    event ConsentRevoked(
        bytes32 indexed id,
        address indexed owner,
        address indexed grantee,
        bytes32 source,
        bytes32 purpose,
        uint64 nonce,
        address relayer
    );

    /// @notice Both commitments are needed.
    error CommitmentMissing(bytes32 source, bytes32 purpose);
    /// @notice The consent ends before it begins.
    error ExpiryPast(uint64 expiry, uint64 time);
    /// @notice The signature can no longer be relayed.
    error SignatureExpired(uint64 deadline, uint64 time);
    /// @notice The owner did not sign this, for this contract on this chain.
    error SignatureInvalid(address owner);
    /// @notice The number was used, was revoked, or is not the next one.
    error NonceInvalid(bytes32 id, uint64 next, uint64 nonce);
    /// @notice So many uses cannot be asked about at once.
    error UsesOutOfBounds(uint256 uses, uint256 limit);

    /// @notice Lets a member use data of the caller. What was granted before is replaced.
    /// @dev Anybody about its own data; the grantee is an active member.
    /// @param grantee Who may use it.
    /// @param source The commitment to the source.
    /// @param purpose The commitment to the purpose.
    /// @param expiry The last second (Unix time) in which it may.
    function grant(address grantee, bytes32 source, bytes32 purpose, uint64 expiry) external;

    /// @notice Lets a member use data of who signed.
    /// @dev Only an active member relays; the grantee is an active member.
    /// @param statement What the owner signed.
    /// @param signature Its signature.
    function grantBySignature(Grant calldata statement, bytes calldata signature) external;

    /// @notice Ends what the caller granted, and what it signed under the next number.
    /// @dev Anybody about its own data, at any time.
    /// @param grantee Who may not use it any more.
    /// @param source The commitment to the source.
    /// @param purpose The commitment to the purpose.
    function revoke(address grantee, bytes32 source, bytes32 purpose) external;

    /// @notice Ends what the owner granted up to the number that it signed: that of the grant that counts, or the next.
    /// @dev Anybody relays: taking consent back must be no harder than giving it.
    /// @param statement What the owner signed.
    /// @param signature Its signature.
    function revokeBySignature(Revocation calldata statement, bytes calldata signature) external;

    /// @notice Whether a use is allowed now: granted, neither expired nor revoked, to a member that is active.
    /// @param owner Whose data it is.
    /// @param grantee Who wants to use it.
    /// @param source The commitment to the source.
    /// @param purpose The commitment to the purpose.
    function mayUse(address owner, address grantee, bytes32 source, bytes32 purpose) external view returns (bool);

    /// @notice Of each of 256 uses at most, whether it is allowed now.
    /// @param uses What is asked.
    function mayUseEach(Use[] calldata uses) external view returns (bool[] memory);

    /// @notice How a consent stands; all zero when there never was one.
    /// @param owner Whose data it is.
    /// @param grantee Who may use it.
    /// @param source The commitment to the source.
    /// @param purpose The commitment to the purpose.
    function consentOf(address owner, address grantee, bytes32 source, bytes32 purpose)
        external
        view
        returns (Consent memory);
}
