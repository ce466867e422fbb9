// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { ISessionPayment } from "../../interfaces/ISessionPayment.sol";

/// @title Coins
/// @notice SessionPayment's only two ways of moving COR.
abstract contract Coins is ISessionPayment, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @inheritdoc ISessionPayment
    IERC20 public immutable cor;

    constructor(IERC20 cor_) {
        cor = cor_;
    }

    /// Takes the caller's coins, all of which must arrive.
    function _take(uint256 amountWei) internal {
        uint256 before = cor.balanceOf(address(this));
        cor.safeTransferFrom(msg.sender, address(this), amountWei);
        uint256 receivedWei = cor.balanceOf(address(this)) - before;
        require(receivedWei == amountWei, ReceivedOther(receivedWei, amountWei));
    }

    function _pay(address to, uint256 amountWei) internal {
        cor.safeTransfer(to, amountWei);
    }
}
