// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC20, ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ICredit} from "./interfaces/ICredit.sol";
import {IProfiles} from "./interfaces/IProfiles.sol";
import {NotActive} from "./types/Access.sol";

/// @title Credit: an ERC-20 among members, with permit
/// @notice See ICredit.
contract Credit is ICredit, ERC20Permit, AccessManaged {
    /// @inheritdoc ICredit
    address public immutable escrow;

    IProfiles private immutable _profiles;

    /// @notice Deploys a currency of which there is nothing yet.
    /// @param authority Knows who may make credit and take it out of the world: governance.
    /// @param profiles Knows who may hold it.
    /// @param holder The contract that holds what is booked; it may be deployed later.
    constructor(address authority, IProfiles profiles, address holder)
        ERC20("Belt credit", "BELT")
        ERC20Permit("Belt credit")
        AccessManaged(authority)
    {
        _profiles = profiles;
        escrow = holder;
    }

    /// @inheritdoc ICredit
    function mint(address member, uint256 amount) external restricted {
        _mint(member, amount);
    }

    /// @inheritdoc ICredit
    function burn(address holder, uint256 amount) external restricted {
        _burn(holder, amount);
    }

    /// @notice Credit has no fractions.
    /// @return Always 0.
    function decimals() public pure override returns (uint8) {
        return 0;
    }

    /// @dev The escrow pays whom it owes, member or not any more: money hangs nowhere. Into it leads no way but its own.
    function _update(address from, address to, uint256 value) internal override {
        if (from == escrow) {
            if (to == address(0)) revert EscrowClosed(from);
        } else {
            // Burning needs no active member: also who has left can be paid out.
            if (to != address(0)) _requireMayHold(to);
            if (from != address(0) && to != address(0)) _requireActive(from);
        }
        super._update(from, to, value);
    }

    function _requireMayHold(address account) private view {
        if (account != escrow) _requireActive(account);
        else if (msg.sender != escrow) revert EscrowClosed(account);
    }

    function _requireActive(address account) private view {
        if (!_profiles.isActive(account)) revert NotActive(account);
    }
}
