// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {Checks} from "./Checks.sol";

/// @notice The test runner's abilities with keys.
interface IKeyCheats {
    /// @notice The account of a private key.
    function addr(uint256 key) external pure returns (address);

    /// @notice The signature of a digest by a private key.
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
}

/// @title What tests with signatures have at hand
abstract contract Keys is Checks {
    IKeyCheats internal constant KEYS = IKeyCheats(address(CHEATS));

    function _sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = KEYS.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev The digest of a struct (EIP-712), as the standard describes it, for a contract of this name and version 1.
    function _digest(string memory name, address verifier, bytes32 structHash) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256("1"),
                block.chainid,
                verifier
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }
}
