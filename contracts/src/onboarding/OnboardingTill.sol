// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { IBridgedCor } from "../interfaces/IBridgedCor.sol";
import { IComplianceHook } from "../interfaces/IComplianceHook.sol";
import { ICorVault } from "../interfaces/ICorVault.sol";
import { IOnboardingTill } from "../interfaces/IOnboardingTill.sol";
import { IPauseHook } from "../interfaces/IPauseHook.sol";
import { ISignedTransfers } from "../interfaces/ISignedTransfers.sol";
import { Hooks } from "../libraries/Hooks.sol";
import { Orders } from "../libraries/Orders.sol";
import { Purses } from "../libraries/Purses.sol";

/// @title OnboardingTill
contract OnboardingTill is IOnboardingTill, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    struct Parts {
        /// What is COR here.
        address cor;
        /// Holds what goes to the serving chain. Zero where COR here is what went down from there: it goes back.
        ICorVault vault;
        uint64 toChainId;
        address onboarding;
        IComplianceHook compliance;
        IPauseHook pause;
    }

    address public immutable cor;
    ICorVault public immutable vault;
    /// @inheritdoc IOnboardingTill
    uint64 public immutable toChainId;
    /// @inheritdoc IOnboardingTill
    address public immutable onboarding;
    IComplianceHook public immutable compliance;
    IPauseHook public immutable pause;

    constructor(Parts memory parts) {
        cor = parts.cor;
        vault = parts.vault;
        toChainId = parts.toChainId;
        onboarding = parts.onboarding;
        compliance = parts.compliance;
        pause = parts.pause;
    }

    /// @inheritdoc IOnboardingTill
    function take(Orders.Order calldata order, bytes calldata signature, uint256 feeWei)
        external
        payable
        nonReentrant
        returns (bytes32 messageId)
    {
        Hooks.requireOpen(pause);
        bytes32 digest = _require(order, feeWei);
        Orders.Transfer calldata transfer = order.transfer;
        Hooks.requireAllowed(compliance, transfer.from);
        ISignedTransfers(cor)
            .takeSigned(
                transfer.from,
                transfer.amountWei,
                transfer.nonce,
                transfer.deadline,
                string(Orders.purposeType()),
                Orders.hashTerms(order.terms),
                signature
            );
        if (feeWei != 0) IERC20(cor).safeTransfer(msg.sender, feeWei);
        uint256 amountWei = transfer.amountWei - feeWei;
        address purse = purseOf(digest);
        messageId = _send(purse, amountWei);
        emit OrderTaken(digest, transfer.from, purse, amountWei, feeWei, messageId);
    }

    /// @inheritdoc IOnboardingTill
    function purseOf(bytes32 digest) public view returns (address) {
        return Purses.addressOf(onboarding, digest);
    }

    function _require(Orders.Order calldata order, uint256 feeWei) internal view returns (bytes32 digest) {
        digest = Orders.digestOf(order);
        Orders.Terms calldata terms = order.terms;
        bool isOurs = order.source.chainId == block.chainid && order.source.cor == cor
            && order.transfer.taker == address(this) && terms.toChainId == toChainId && terms.onboarding == onboarding;
        require(isOurs, OrderForeign(digest));
        require(feeWei <= terms.feeMaxWei, FeeAbove(feeWei, terms.feeMaxWei));
        require(feeWei == 0 || msg.sender == terms.sponsor, NotSponsor(msg.sender, terms.sponsor));
        require(feeWei < order.transfer.amountWei, NothingLeft(order.transfer.amountWei, feeWei));
    }

    function _send(address purse, uint256 amountWei) internal returns (bytes32 messageId) {
        if (address(vault) == address(0)) return IBridgedCor(cor).withdraw{ value: msg.value }(purse, amountWei);
        IERC20(cor).forceApprove(address(vault), amountWei);
        return vault.lock{ value: msg.value }(purse, amountWei);
    }
}
