// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Consents} from "../../../contracts/Consents.sol";
import {Consent, Grant, Revocation, Use} from "../../../contracts/types/Consent.sol";
import {Keys} from "./Keys.sol";
import {Membership} from "./Membership.sol";
import {SigningAccount} from "./SigningAccount.sol";

/// @title Owners that grant, sign and revoke as they like, and members that relay what they find
/// @notice Its functions are called in any order with any numbers. It keeps a plain model of every consent, and every
/// call that the rules forbid must be refused: an unexpected answer reverts.
contract Owners is Keys {
    uint256 public constant OWNERS = 3;
    uint256 public constant GRANTEES = 2;
    uint256 public constant USES = OWNERS * GRANTEES * 2;

    struct SignedGrant {
        Grant statement;
        bytes signature;
        bool used;
    }

    struct SignedRevocation {
        Revocation statement;
        bytes signature;
        bool used;
    }

    Membership public immutable membership = new Membership();
    Consents public immutable consents = new Consents(membership.profiles());
    /// @dev The same contract once more: nothing that was signed for the first may count there.
    Consents public immutable twin = new Consents(membership.profiles());
    SigningAccount private immutable _account = new SigningAccount();

    /// @dev The clock of the model; the block's time follows it in every call.
    uint256 public time = 1_800_000_000;

    mapping(bytes32 id => Consent) private _consents;
    SignedGrant[] private _grants;
    SignedRevocation[] private _revocations;

    error NotRefused(string what);

    constructor() {
        for (uint256 i = 0; i < GRANTEES; ++i) membership.set(member(i), true);
    }

    function member(uint256 index) public pure returns (address) {
        return address(uint160(0xbe17 + index));
    }

    /// @dev Two people with keys, and a contract.
    function owner(uint256 index) public view returns (address) {
        return index == 0 ? address(_account) : KEYS.addr(index);
    }

    /// @dev Every use there is: source and purpose are swapped in half of them.
    function useOf(uint256 index) public view returns (Use memory) {
        bool swapped = index % 2 == 1;
        return Use({
            owner: owner((index / 2) % OWNERS),
            grantee: member(index / 2 / OWNERS),
            source: bytes32(uint256(swapped ? 2 : 1)),
            purpose: bytes32(uint256(swapped ? 1 : 2))
        });
    }

    function modelOf(Use memory use) public view returns (Consent memory) {
        return _consents[keccak256(abi.encode(use))];
    }

    /// @notice Whether the model allows a use now.
    function allowed(Use calldata use) external view returns (bool) {
        return time <= modelOf(use).expiry && membership.isActive(use.grantee);
    }

    /// @notice Lets time pass: often a little, seldom so much that everything expires.
    function pass(uint32 any) external {
        time += any % 8 == 0 ? 120 : any % 8;
    }

    /// @notice A member is suspended, or comes back.
    function suspend(uint256 anyMember, bool active) external {
        membership.set(member(anyMember % GRANTEES), active);
    }

    function grant(uint256 anyUse, uint8 seconds_) external {
        CHEATS.warp(time);
        Use memory use = useOf(anyUse % USES);
        uint64 expiry = uint64(time) + seconds_;
        bool may = membership.isActive(use.grantee);
        CHEATS.prank(use.owner);
        try consents.grant(use.grantee, use.source, use.purpose, expiry) {
            if (!may) revert NotRefused("a grant to nobody");
            _granted(use, expiry);
        } catch {
            if (may) revert("a grant was refused");
        }
    }

    function grantTooLate(uint256 anyUse, uint8 seconds_) external {
        CHEATS.warp(time);
        Use memory use = useOf(anyUse % USES);
        CHEATS.prank(use.owner);
        try consents.grant(use.grantee, use.source, use.purpose, uint64(time - 1 - seconds_)) {
            revert NotRefused("a grant that is past");
        } catch {}
    }

    /// @notice An owner can always revoke.
    function revoke(uint256 anyUse) external {
        CHEATS.warp(time);
        Use memory use = useOf(anyUse % USES);
        CHEATS.prank(use.owner);
        consents.revoke(use.grantee, use.source, use.purpose);
        _revoked(use, modelOf(use).nonce);
    }

    /// @notice An owner signs a grant, under any number near the next.
    function signGrant(uint256 anyUse, uint8 seconds_, uint8 ahead, uint8 more) external {
        Use memory use = useOf(anyUse % USES);
        Grant memory statement = Grant({
            owner: use.owner,
            grantee: use.grantee,
            source: use.source,
            purpose: use.purpose,
            expiry: uint64(time) + seconds_,
            nonce: modelOf(use).nonce + ahead % 2,
            deadline: uint64(time) + more
        });
        bytes32 digest = _digest("Belt consents", address(consents), _hash(statement));
        _grants.push(SignedGrant(statement, _signatureOf(anyUse, digest), false));
    }

    /// @notice An owner signs a revocation, under any number near the next.
    function signRevocation(uint256 anyUse, uint8 ahead, uint8 more) external {
        Use memory use = useOf(anyUse % USES);
        Revocation memory statement = Revocation({
            owner: use.owner,
            grantee: use.grantee,
            source: use.source,
            purpose: use.purpose,
            nonce: modelOf(use).nonce + ahead % 2,
            deadline: uint64(time) + more
        });
        bytes32 digest = _digest("Belt consents", address(consents), _hash(statement));
        _revocations.push(SignedRevocation(statement, _signatureOf(anyUse, digest), false));
    }

    /// @notice A member relays a grant, perhaps one that was relayed before.
    function relayGrant(uint256 anyGrant, uint256 anyMember) external {
        CHEATS.warp(time);
        if (_grants.length == 0) return;
        SignedGrant storage signed = _grants[anyGrant % _grants.length];
        Grant memory statement = signed.statement;
        Use memory use = Use(statement.owner, statement.grantee, statement.source, statement.purpose);
        address relayer = member(anyMember % (GRANTEES + 1));
        bool may = membership.isActive(relayer) && membership.isActive(use.grantee) && time <= statement.deadline
            && time <= statement.expiry && statement.nonce == modelOf(use).nonce;
        CHEATS.prank(relayer);
        try twin.grantBySignature(statement, signed.signature) {
            revert NotRefused("a grant for another contract");
        } catch {}
        CHEATS.prank(relayer);
        try consents.grantBySignature(statement, signed.signature) {
            if (!may || signed.used) revert NotRefused("a signed grant");
            signed.used = true;
            _granted(use, statement.expiry);
        } catch {
            if (may) revert("a signed grant was refused");
        }
    }

    /// @notice Anybody relays a revocation, perhaps one that was relayed before.
    function relayRevocation(uint256 anyRevocation, uint256 anyMember) external {
        CHEATS.warp(time);
        if (_revocations.length == 0) return;
        SignedRevocation storage signed = _revocations[anyRevocation % _revocations.length];
        Revocation memory statement = signed.statement;
        Use memory use = Use(statement.owner, statement.grantee, statement.source, statement.purpose);
        Consent memory consent = modelOf(use);
        bool counts = consent.expiry != 0 && statement.nonce + 1 == consent.nonce;
        bool may = time <= statement.deadline && (counts || statement.nonce == consent.nonce);
        CHEATS.prank(member(anyMember % (GRANTEES + 1)));
        try consents.revokeBySignature(statement, signed.signature) {
            if (!may || signed.used) revert NotRefused("a signed revocation");
            signed.used = true;
            _revoked(use, statement.nonce);
        } catch {
            if (may) revert("a signed revocation was refused");
        }
    }

    /// @notice Somebody who is not the owner signs, or changes what the owner signed.
    function forge(uint256 anyUse, uint256 anyKey, uint256 anyGrant) external {
        CHEATS.warp(time);
        Use memory use = useOf(anyUse % USES);
        Grant memory statement = Grant({
            owner: use.owner,
            grantee: use.grantee,
            source: use.source,
            purpose: use.purpose,
            expiry: type(uint64).max,
            nonce: modelOf(use).nonce,
            deadline: type(uint64).max
        });
        bytes32 digest = _digest("Belt consents", address(consents), _hash(statement));
        _refused(statement, _sign(_within(anyKey, OWNERS, 1_000_000), digest));
        if (_grants.length != 0) _refused(statement, _grants[anyGrant % _grants.length].signature);
    }

    function _refused(Grant memory statement, bytes memory signature) private {
        for (uint256 i = 0; i < GRANTEES; ++i) {
            CHEATS.prank(member(i));
            try consents.grantBySignature(statement, signature) {
                revert NotRefused("a forged grant");
            } catch {}
        }
    }

    function _granted(Use memory use, uint64 expiry) private {
        bytes32 id = keccak256(abi.encode(use));
        _consents[id] = Consent({expiry: expiry, nonce: _consents[id].nonce + 1});
    }

    function _revoked(Use memory use, uint64 nonce) private {
        _consents[keccak256(abi.encode(use))] = Consent({expiry: 0, nonce: nonce + 1});
    }

    function _signatureOf(uint256 anyUse, bytes32 digest) private returns (bytes memory) {
        uint256 key = ((anyUse % USES) / 2) % OWNERS;
        if (key != 0) return _sign(key, digest);
        _account.sign(digest);
        return "";
    }

    function _hash(Grant memory statement) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256(
                    "Grant(address owner,address grantee,bytes32 source,bytes32 purpose,uint64 expiry,uint64 nonce,uint64 deadline)"
                ),
                statement
            )
        );
    }

    function _hash(Revocation memory statement) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256(
                    "Revocation(address owner,address grantee,bytes32 source,bytes32 purpose,uint64 nonce,uint64 deadline)"
                ),
                statement
            )
        );
    }
}
