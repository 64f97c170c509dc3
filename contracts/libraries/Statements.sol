// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Grant, Revocation} from "../types/Consent.sol";

/// @title What owners sign
/// @notice The struct hashes (EIP-712) of grants and revocations. All their members are static, so that a struct's
/// encoding is that of its members, one after another.
library Statements {
    // solhint-disable-next-line gas-small-strings
    bytes32 internal constant GRANT = keccak256(
        "Grant(address owner,address grantee,bytes32 source,bytes32 purpose,uint64 expiry,uint64 nonce,uint64 deadline)"
    );
    // solhint-disable-next-line gas-small-strings
    bytes32 internal constant REVOCATION = keccak256(
        "Revocation(address owner,address grantee,bytes32 source,bytes32 purpose,uint64 nonce,uint64 deadline)"
    );

    /// @notice The struct hash of a grant.
    /// @param statement The grant.
    function hash(Grant calldata statement) internal pure returns (bytes32) {
        return keccak256(abi.encode(GRANT, statement));
    }

    /// @notice The struct hash of a revocation.
    /// @param statement The revocation.
    function hash(Revocation calldata statement) internal pure returns (bytes32) {
        return keccak256(abi.encode(REVOCATION, statement));
    }
}
