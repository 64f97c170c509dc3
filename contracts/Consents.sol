// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IConsents} from "./interfaces/IConsents.sol";
import {IProfiles} from "./interfaces/IProfiles.sol";
import {Statements} from "./libraries/Statements.sol";
import {NotActive} from "./types/Access.sol";
import {Consent, Grant, Revocation, Use} from "./types/Consent.sol";

/// @title Consents: grants of the data's owners
/// @notice See IConsents.
contract Consents is IConsents, EIP712 {
    using Statements for Grant;
    using Statements for Revocation;

    uint256 private constant USE_LIMIT = 256;

    IProfiles private immutable _profiles;

    mapping(bytes32 id => Consent) private _consents;

    /// @notice Deploys a list without consents.
    /// @param profiles Knows who may be granted a use, and who may relay a grant.
    constructor(IProfiles profiles) EIP712("Belt consents", "1") {
        _profiles = profiles;
    }

    /// @inheritdoc IConsents
    function grant(address grantee, bytes32 source, bytes32 purpose, uint64 expiry) external {
        Use memory use = Use(msg.sender, grantee, source, purpose);
        bytes32 id = _idOf(use);
        _grant(id, use, expiry, _consents[id].nonce);
    }

    /// @inheritdoc IConsents
    function grantBySignature(Grant calldata statement, bytes calldata signature) external {
        _requireActive(msg.sender);
        _requireSigned(statement.owner, statement.deadline, statement.hash(), signature);
        Use memory use = Use(statement.owner, statement.grantee, statement.source, statement.purpose);
        bytes32 id = _idOf(use);
        uint64 next = _consents[id].nonce;
        if (statement.nonce != next) revert NonceInvalid(id, next, statement.nonce);
        _grant(id, use, statement.expiry, next);
    }

    /// @inheritdoc IConsents
    function revoke(address grantee, bytes32 source, bytes32 purpose) external {
        Use memory use = Use(msg.sender, grantee, source, purpose);
        bytes32 id = _idOf(use);
        _revoke(id, use, _consents[id].nonce);
    }

    /// @inheritdoc IConsents
    function revokeBySignature(Revocation calldata statement, bytes calldata signature) external {
        _requireSigned(statement.owner, statement.deadline, statement.hash(), signature);
        Use memory use = Use(statement.owner, statement.grantee, statement.source, statement.purpose);
        bytes32 id = _idOf(use);
        Consent memory consent = _consents[id];
        // The grant of this number may have been relayed since the owner signed: then it is the one that counts.
        bool counts = consent.expiry != 0 && statement.nonce == consent.nonce - 1;
        if (!counts && statement.nonce != consent.nonce) revert NonceInvalid(id, consent.nonce, statement.nonce);
        _revoke(id, use, statement.nonce);
    }

    /// @inheritdoc IConsents
    function mayUse(address owner, address grantee, bytes32 source, bytes32 purpose) external view returns (bool) {
        return _mayUse(Use(owner, grantee, source, purpose));
    }

    /// @inheritdoc IConsents
    function mayUseEach(Use[] calldata uses) external view returns (bool[] memory allowed) {
        if (uses.length > USE_LIMIT) revert UsesOutOfBounds(uses.length, USE_LIMIT);
        allowed = new bool[](uses.length);
        for (uint256 i = 0; i < uses.length; ++i) {
            allowed[i] = _mayUse(uses[i]);
        }
    }

    /// @inheritdoc IConsents
    function consentOf(address owner, address grantee, bytes32 source, bytes32 purpose)
        external
        view
        returns (Consent memory)
    {
        return _consents[_idOf(Use(owner, grantee, source, purpose))];
    }

    function _grant(bytes32 id, Use memory use, uint64 expiry, uint64 nonce) private {
        _requireActive(use.grantee);
        if (use.source == 0 || use.purpose == 0) revert CommitmentMissing(use.source, use.purpose);
        if (expiry < block.timestamp) revert ExpiryPast(expiry, uint64(block.timestamp));
        _consents[id] = Consent({expiry: expiry, nonce: nonce + 1});
        emit ConsentGranted(id, use.owner, use.grantee, use.source, use.purpose, expiry, nonce, msg.sender);
    }

    /// @dev Ends every grant up to a number: nothing at or below it can be granted again.
    function _revoke(bytes32 id, Use memory use, uint64 nonce) private {
        _consents[id] = Consent({expiry: 0, nonce: nonce + 1});
        emit ConsentRevoked(id, use.owner, use.grantee, use.source, use.purpose, nonce, msg.sender);
    }

    function _mayUse(Use memory use) private view returns (bool) {
        return block.timestamp <= _consents[_idOf(use)].expiry && _profiles.isActive(use.grantee);
    }

    function _requireSigned(address owner, uint64 deadline, bytes32 structHash, bytes calldata signature) private view {
        if (block.timestamp > deadline) revert SignatureExpired(deadline, uint64(block.timestamp));
        bytes32 digest = _hashTypedDataV4(structHash);
        if (!SignatureChecker.isValidSignatureNowCalldata(owner, digest, signature)) revert SignatureInvalid(owner);
    }

    function _requireActive(address account) private view {
        if (!_profiles.isActive(account)) revert NotActive(account);
    }

    function _idOf(Use memory use) private pure returns (bytes32) {
        return keccak256(abi.encode(use));
    }
}
