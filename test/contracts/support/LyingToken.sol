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
    bool private _entering;
    /// @dev How often a call back was refused, and why the last time.
    uint256 public refused;
    bytes public reason;

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

    /// @notice Believes any signature, after it has called back.
    function permit(address owner, address spender, uint256 value, uint256, uint8, bytes32, bytes32) external {
        if (lie == Lie.REENTER) _reenter();
        _approve(owner, spender, value);
    }

    /// @dev Once: what gets in does not have to be called back for ever.
    function _reenter() private {
        if (_entering) return;
        _entering = true;
        // solhint-disable-next-line avoid-low-level-calls
        (bool done, bytes memory answer) = msg.sender.call(_calls);
        _entering = false;
        if (done) return;
        ++refused;
        reason = answer;
    }

    /// @dev Whether the transfer is made; when it is silent it is not, and the caller is told that it was.
    function _moves(address from, address to) private returns (bool) {
        if (lie == Lie.FALSE) return false;
        if (lie == Lie.FEE_OUT) _burn(from, 1);
        if (lie == Lie.MORE) _mint(to, 1);
        if (lie == Lie.REENTER) _reenter();
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
