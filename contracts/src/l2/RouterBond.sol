// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IRouterBond } from "../interfaces/IRouterBond.sol";
import { ISlashable } from "../interfaces/ISlashable.sol";
import { Slashable } from "../libraries/Slashable.sol";

/// @title RouterBond
contract RouterBond is IRouterBond, Slashable, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    /// @notice A claim may be made for a day after settlement; the rest is margin for answering it.
    uint256 public constant EXIT_DELAY_SECONDS = 7 days;

    IERC20 public immutable cor;
    mapping(address operator => Bond) internal _bonds;

    constructor(IERC20 cor_, address owner) Slashable(owner, EXIT_DELAY_SECONDS + 1 days) {
        cor = cor_;
    }

    /// @inheritdoc IRouterBond
    function deposit(address operator, uint256 amountWei) external nonReentrant {
        require(amountWei != 0, AmountZero());
        Bond storage held = _bonds[operator];
        held.bondWei = (held.bondWei + amountWei).toUint96();
        emit BondDeposited(operator, msg.sender, amountWei, held.bondWei);
        uint256 before = cor.balanceOf(address(this));
        cor.safeTransferFrom(msg.sender, address(this), amountWei);
        uint256 receivedWei = cor.balanceOf(address(this)) - before;
        require(receivedWei == amountWei, ReceivedOther(receivedWei, amountWei));
    }

    /// @inheritdoc IRouterBond
    function requestExit(uint256 amountWei) external {
        require(amountWei != 0, AmountZero());
        Bond storage held = _bonds[msg.sender];
        require(amountWei <= held.bondWei, BondBelow(held.bondWei, amountWei));
        uint96 amount = amountWei.toUint96();
        held.bondWei -= amount;
        held.exitingWei += amount;
        held.exitAt = (block.timestamp + EXIT_DELAY_SECONDS).toUint64();
        emit BondExitRequested(msg.sender, amountWei, held.exitAt);
    }

    /// @inheritdoc IRouterBond
    function withdraw(address to) external nonReentrant returns (uint256 amountWei) {
        Bond storage held = _bonds[msg.sender];
        amountWei = held.exitingWei;
        require(amountWei != 0, NothingExiting(msg.sender));
        require(block.timestamp >= held.exitAt, ExitTooEarly(held.exitAt));
        held.exitingWei = 0;
        held.exitAt = 0;
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
        Bond storage held = _bonds[operator];
        uint256 fromBond = amountWei < held.bondWei ? amountWei : held.bondWei;
        uint256 rest = amountWei - fromBond;
        uint256 fromExiting = rest < held.exitingWei ? rest : held.exitingWei;
        takenWei = fromBond + fromExiting;
        held.bondWei -= fromBond.toUint96();
        held.exitingWei -= fromExiting.toUint96();
        emit Slashed(operator, takenWei, to);
        cor.safeTransfer(to, takenWei);
    }

    /// @inheritdoc IRouterBond
    function bondOf(address operator) external view returns (Bond memory) {
        return _bonds[operator];
    }
}
