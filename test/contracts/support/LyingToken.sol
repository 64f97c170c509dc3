// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice What a reentrant currency calls back.
interface IPurse {
    function withdraw() external returns (uint256);
    function book(bytes32 belt, bytes32 root, uint16 count, uint64 deadline, uint256 maxCost) external returns (bytes32);
}

/// @title An ERC-20 that anybody can mint, and that can learn to lie
contract LyingToken is ERC20("Lie", "LIE") {
    enum Lie {
        NONE,
        FEE_IN,
        FEE_OUT,
        FALSE,
        SILENT,
        MORE,
        REENTER
    }

    Lie public lie;
    bytes private _calls;
    /// @dev How often a call back was refused.
    uint256 public refused;

    function mint(address account, uint256 amount) external {
        _mint(account, amount);
    }

    function learn(Lie learned) external {
        lie = learned;
    }

    /// @notice What to call the contract with that the token is moved by.
    function callBack(bytes calldata calls) external {
        _calls = calls;
    }

    function transfer(address to, uint256 value) public override returns (bool) {
        return _moves(msg.sender, to) && super.transfer(to, value);
    }

    function transferFrom(address from, address to, uint256 value) public override returns (bool) {
        return _moves(from, to) && super.transferFrom(from, to, value);
    }

    /// @dev Whether the transfer is made; when it is silent it is not, and the caller is told that it was.
    function _moves(address from, address to) private returns (bool) {
        if (lie == Lie.FALSE) return false;
        if (lie == Lie.FEE_OUT) _burn(from, 1);
        if (lie == Lie.MORE) _mint(to, 1);
        if (lie == Lie.REENTER) {
            // solhint-disable-next-line avoid-low-level-calls
            (bool done,) = msg.sender.call(_calls);
            if (!done) ++refused;
        }
        // solhint-disable-next-line no-inline-assembly
        if (lie == Lie.SILENT) assembly {
            mstore(0, 1)
            return(0, 32)
        }
        return true;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (lie == Lie.FEE_IN && from != address(0) && to != address(0)) super._update(to, address(0), 1);
    }
}
