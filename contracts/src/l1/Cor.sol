// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { ERC20Burnable } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import { ERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import { SignedTransfers } from "../onboarding/SignedTransfers.sol";

/// @title Cor
/// @notice COR, the token that work is paid and nodes are bonded with. Never more than at first: whoever holds it may burn it, as
/// penalties are. No owner, no fee on transfer.
contract Cor is ERC20, ERC20Burnable, SignedTransfers {
    /// @notice Every coin there will ever be: 1,000,000,000 COR.
    uint256 public constant SUPPLY_WEI = 1_000_000_000e18;

    /// @param holder Receives the whole supply.
    constructor(address holder) ERC20("Cortensor", "COR") ERC20Permit("Cortensor") {
        _mint(holder, SUPPLY_WEI);
    }
}
