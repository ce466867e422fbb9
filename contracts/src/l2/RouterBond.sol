// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { IRouterBond } from "../interfaces/IRouterBond.sol";
import { ISlashable } from "../interfaces/ISlashable.sol";
import { Exits } from "../libraries/Exits.sol";
import { Slashable } from "../libraries/Slashable.sol";

/// @title RouterBond
contract RouterBond is IRouterBond, Slashable, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using Exits for Exits.Position;

    /// @notice A claim may be made for a day after settlement; the rest is margin for answering it.
    uint256 public constant EXIT_DELAY_SECONDS = 7 days;

    IERC20 public immutable cor;
    mapping(address operator => Exits.Position) internal _bonds;

    constructor(IERC20 cor_, address owner) Slashable(owner, EXIT_DELAY_SECONDS + 1 days) {
        cor = cor_;
    }

    /// @inheritdoc IRouterBond
    function deposit(address operator, uint256 amountWei) external nonReentrant {
        Exits.Position storage held = _bonds[operator];
        held.add(amountWei);
        emit BondDeposited(operator, msg.sender, amountWei, held.active);
        uint256 before = cor.balanceOf(address(this));
        cor.safeTransferFrom(msg.sender, address(this), amountWei);
        uint256 receivedWei = cor.balanceOf(address(this)) - before;
        require(receivedWei == amountWei, ReceivedOther(receivedWei, amountWei));
    }

    /// @inheritdoc IRouterBond
    function requestExit(uint256 amountWei) external {
        uint64 exitAt = _bonds[msg.sender].request(amountWei, EXIT_DELAY_SECONDS);
        emit BondExitRequested(msg.sender, amountWei, exitAt);
    }

    /// @inheritdoc IRouterBond
    function withdraw(address to) external nonReentrant returns (uint256 amountWei) {
        amountWei = _bonds[msg.sender].withdraw();
        emit BondWithdrawn(msg.sender, to, amountWei);
        cor.safeTransfer(to, amountWei);
    }

    /// @inheritdoc ISlashable
    function slash(address operator, uint256 amountWei, address to)
        external
        onlySlasher
        nonReentrant
        returns (uint256 takenWei)
    {
        takenWei = _bonds[operator].slash(amountWei);
        emit Slashed(operator, takenWei, to);
        cor.safeTransfer(to, takenWei);
    }

    /// @inheritdoc IRouterBond
    function bondOf(address operator) external view returns (Bond memory) {
        Exits.Position storage held = _bonds[operator];
        return Bond(held.active, held.exiting, held.exitAt);
    }
}
