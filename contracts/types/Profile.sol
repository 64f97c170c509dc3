// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

// What a member is, as bits that may be combined.
uint16 constant KIND_PRODUCER = 1;
uint16 constant KIND_CONSUMER = 2;
uint16 constant KIND_NETWORK_SUPPLIER = 4;
uint16 constant KIND_AUDITOR = 8;
uint16 constant KIND_SUPERVISOR = 16;
// All the kinds there are.
uint16 constant KINDS = 31;

/// @notice How an account stands in the consortium: never admitted, an active member, a member that may not act for a
/// while, one that left by itself, or one that was removed. The last two can be admitted again, under their name.
enum Standing {
    NONE,
    ACTIVE,
    SUSPENDED,
    LEFT,
    REMOVED
}

/// @notice The public record of a member.
/// @param name Unique in the consortium; lower-case letters, digits and single hyphens, a letter first.
/// @param url Where the member's node answers; empty until the member publishes its profile.
/// @param signingKey Ed25519 public key that its trays, receipts and heads are signed with.
/// @param sealingKey X25519 public key that trays for it are sealed to.
/// @param keysFrom The block from which these keys count; 0 when there are none yet.
/// @param admittedAt The block in which the member was first admitted.
/// @param kinds What the member is: bits of the KIND constants.
/// @param standing Whether the member may act, and if not, why.
struct Profile {
    string name;
    string url;
    bytes32 signingKey;
    bytes32 sealingKey;
    uint64 keysFrom;
    uint64 admittedAt;
    uint16 kinds;
    Standing standing;
}

/// @notice The keys of a member from a block on, until the next ones.
/// @param signing Ed25519 public key.
/// @param sealing X25519 public key.
/// @param fromBlock The block from which they count.
struct Keys {
    bytes32 signing;
    bytes32 sealing;
    uint64 fromBlock;
}
