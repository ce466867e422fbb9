// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { IComplianceHook } from "../interfaces/IComplianceHook.sol";
import { ICorVault } from "../interfaces/ICorVault.sol";
import { IMessenger } from "../interfaces/IMessenger.sol";
import { IPauseHook } from "../interfaces/IPauseHook.sol";
import { IReceiver } from "../interfaces/IReceiver.sol";
import { Hooks } from "../libraries/Hooks.sol";

/// @title CorVault
contract CorVault is ICorVault, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    struct Parts {
        IERC20 cor;
        IMessenger messenger;
        uint64 childChainId;
        /// What is COR there.
        address childCor;
        IComplianceHook compliance;
        IPauseHook pause;
    }

    /// @notice Enough to mint to an account that had none.
    uint256 public constant CROSSING_GAS = 150_000;

    IERC20 public immutable cor;
    IMessenger public immutable messenger;
    uint64 public immutable childChainId;
    address public immutable childCor;
    IComplianceHook public immutable compliance;
    IPauseHook public immutable pause;

    /// @inheritdoc ICorVault
    uint256 public lockedWei;

    constructor(Parts memory parts) {
        cor = parts.cor;
        messenger = parts.messenger;
        childChainId = parts.childChainId;
        childCor = parts.childCor;
        compliance = parts.compliance;
        pause = parts.pause;
    }

    /// @inheritdoc ICorVault
    function lock(address to, uint256 amountWei) external payable nonReentrant returns (bytes32 id) {
        _requireTaking();
        Hooks.requireOpen(pause);
        Hooks.requireAllowed(compliance, msg.sender);
        Hooks.requireAllowed(compliance, to);
        require(amountWei != 0, AmountZero());
        require(to != address(0) && to != childCor, ReceiverInvalid(to));
        lockedWei += amountWei;

        uint256 before = cor.balanceOf(address(this));
        cor.safeTransferFrom(msg.sender, address(this), amountWei);
        uint256 receivedWei = cor.balanceOf(address(this)) - before;
        require(receivedWei == amountWei, ReceivedOther(receivedWei, amountWei));
        id = messenger.send{ value: msg.value }(childChainId, childCor, abi.encode(to, amountWei), CROSSING_GAS);
        emit Locked(msg.sender, to, amountWei, id);
        _noteLock(id, amountWei);
    }

    /// @inheritdoc IReceiver
    /// @dev What came back. Asks nobody: a pause of the messenger holds it up, no hook does.
    function onMessage(uint64 src, address from, bytes32 id, bytes calldata body) external nonReentrant {
        require(msg.sender == address(messenger), NotMessenger(msg.sender));
        require(src == childChainId && from == childCor, NotChildCor(src, from));
        (address to, uint256 amountWei) = abi.decode(body, (address, uint256));
        _release(to, amountWei, id);
    }

    /* INTERNAL */

    /// Refuses what goes down where nothing can any more.
    function _requireTaking() internal view virtual { }

    /// What went down, and in which message.
    function _noteLock(bytes32 id, uint256 amountWei) internal virtual { }

    function _release(address to, uint256 amountWei, bytes32 id) internal {
        require(amountWei <= lockedWei, LockedBelow(lockedWei, amountWei));
        lockedWei -= amountWei;
        emit Released(to, amountWei, id);
        cor.safeTransfer(to, amountWei);
    }
}
