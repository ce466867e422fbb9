// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title Purse
/// @notice Where the coins of one order arrive: its address follows from the order, so that coins come there before it stands, by a
/// plain transfer of any bridge. Each purse is a clone of one, which `Onboarding` makes.
contract Purse {
    using SafeERC20 for IERC20;

    error NotOnboarding(address caller);

    address public immutable onboarding = msg.sender;

    function empty(IERC20 cor, address to) external returns (uint256 amountWei) {
        require(msg.sender == onboarding, NotOnboarding(msg.sender));
        amountWei = cor.balanceOf(address(this));
        cor.safeTransfer(to, amountWei);
    }
}
