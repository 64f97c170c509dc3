// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Consents} from "../../contracts/Consents.sol";
import {Grant} from "../../contracts/types/Consent.sol";
import {Keys} from "./support/Keys.sol";
import {Membership} from "./support/Membership.sol";

/// @title Grants that anybody signs, of anything
contract SignaturesTest is Keys {
    address private constant RELAYER = address(0xba);
    /// @dev The order of the curve: keys are below it.
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    Consents private _consents;

    function setUp() external {
        Membership membership = new Membership();
        membership.set(RELAYER, true);
        _consents = new Consents(membership.profiles());
        CHEATS.warp(1_800_000_000);
    }

    /// @notice Whatever an owner signs counts as it is, and not with any bit of it changed.
    function testFuzzGrant(uint256 anyKey, Grant memory statement, uint8 bit) external {
        uint256 key = _within(anyKey, 1, ORDER - 1);
        statement.owner = KEYS.addr(key);
        statement.grantee = RELAYER;
        statement.nonce = 0;
        if (statement.source == 0) statement.source = bytes32(uint256(1));
        if (statement.purpose == 0) statement.purpose = bytes32(uint256(1));
        if (statement.expiry < block.timestamp) statement.expiry += uint64(block.timestamp);
        if (statement.deadline < block.timestamp) statement.deadline += uint64(block.timestamp);
        bytes memory signature = _sign(key, _digestOf(statement));

        bytes32 source = statement.source;
        statement.source ^= bytes32(uint256(1) << bit);
        require(!_granted(statement, signature), "a changed source");
        statement.source = source;
        signature[bit % 65] ^= bytes1(uint8(1 << (bit % 8)));
        require(!_granted(statement, signature), "a changed signature");
        signature[bit % 65] ^= bytes1(uint8(1 << (bit % 8)));
        require(_granted(statement, signature), "it was refused");
        require(!_granted(statement, signature), "it counted twice");
        require(_consents.mayUse(statement.owner, RELAYER, source, statement.purpose), "it is not allowed");
    }

    function _granted(Grant memory statement, bytes memory signature) private returns (bool) {
        CHEATS.prank(RELAYER);
        try _consents.grantBySignature(statement, signature) {
            return true;
        } catch {
            return false;
        }
    }

    function _digestOf(Grant memory statement) private view returns (bytes32) {
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(
                    "Grant(address owner,address grantee,bytes32 source,bytes32 purpose,uint64 expiry,uint64 nonce,uint64 deadline)"
                ),
                statement.owner,
                statement.grantee,
                statement.source,
                statement.purpose,
                statement.expiry,
                statement.nonce,
                statement.deadline
            )
        );
        return _digest("Belt consents", address(_consents), structHash);
    }
}
