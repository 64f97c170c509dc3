// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Consent, Use} from "../../contracts/types/Consent.sol";
import {Checks} from "./support/Checks.sol";
import {Owners} from "./support/Owners.sol";

/// @title What holds of consents, whatever owners sign and members relay
contract ConsentsTest is Checks {
    Owners private _owners;

    /// @dev The next number that was seen last.
    mapping(uint256 use => uint64) private _next;

    function setUp() external {
        _owners = new Owners();
    }

    /// @notice The runner calls only the owners.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_owners);
    }

    /// @notice A use is allowed exactly when the model says so: never when it was revoked, expired or not granted, never
    /// to a member that is not active; asked alone or with others. Every consent is as the model says, and its numbers
    /// only grow.
    function invariantConsents() external {
        CHEATS.warp(_owners.time());
        Use[] memory uses = new Use[](_owners.USES());
        for (uint256 i = 0; i < uses.length; ++i) uses[i] = _owners.useOf(i);
        bool[] memory allowed = _owners.consents().mayUseEach(uses);
        for (uint256 i = 0; i < uses.length; ++i) {
            _checkUse(uses[i], allowed[i]);
            _checkConsent(i, uses[i]);
        }
    }

    function _checkUse(Use memory use, bool allowed) private view {
        bool alone = _owners.consents().mayUse(use.owner, use.grantee, use.source, use.purpose);
        require(allowed == alone, "asked alone");
        require(alone == _owners.allowed(use), "another answer");
        require(!_owners.twin().mayUse(use.owner, use.grantee, use.source, use.purpose), "the other contract");
    }

    function _checkConsent(uint256 index, Use memory use) private {
        Consent memory consent = _owners.consents().consentOf(use.owner, use.grantee, use.source, use.purpose);
        Consent memory model = _owners.modelOf(use);
        _equal(consent.expiry, model.expiry, "expiry");
        _equal(consent.nonce, model.nonce, "nonce");
        require(consent.nonce >= _next[index], "a number came back");
        _next[index] = consent.nonce;
    }
}
