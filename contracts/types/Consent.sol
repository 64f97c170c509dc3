// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// @notice What a consent is about: whose data, who may use it, from which source, for what.
/// @param owner The account of the data's owner: a person's pseudonymous key, or an organisation's.
/// @param grantee The member that may use the data.
/// @param source The salted commitment to the source, and to the fields of it.
/// @param purpose The salted commitment to the purpose.
struct Use {
    address owner;
    address grantee;
    bytes32 source;
    bytes32 purpose;
}

/// @notice How a consent stands.
/// @param expiry The last second (Unix time) in which the use is allowed; 0 when nothing was granted, or all was
/// revoked.
/// @param nonce The number of the next grant. The grant that counts, if any does, has the one before.
struct Consent {
    uint64 expiry;
    uint64 nonce;
}

/// @notice A grant as its owner signs it (EIP-712).
/// @param owner The account of the data's owner.
/// @param grantee The member that may use the data.
/// @param source The salted commitment to the source.
/// @param purpose The salted commitment to the purpose.
/// @param expiry The last second (Unix time) in which the use is allowed.
/// @param nonce The number of this grant: the consent's next one.
/// @param deadline The last second (Unix time) in which the signature can be relayed.
struct Grant {
    address owner;
    address grantee;
    bytes32 source;
    bytes32 purpose;
    uint64 expiry;
    uint64 nonce;
    uint64 deadline;
}

/// @notice A revocation as its owner signs it (EIP-712).
/// @param owner The account of the data's owner.
/// @param grantee The member that may not use the data any more.
/// @param source The salted commitment to the source.
/// @param purpose The salted commitment to the purpose.
/// @param nonce The number of the last grant that it ends, relayed or not.
/// @param deadline The last second (Unix time) in which the signature can be relayed.
struct Revocation {
    address owner;
    address grantee;
    bytes32 source;
    bytes32 purpose;
    uint64 nonce;
    uint64 deadline;
}
