// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { IAttestations } from "../../interfaces/IAttestations.sol";
import { IDutyPay } from "../../interfaces/IDutyPay.sol";
import { IRouters } from "../../interfaces/IRouters.sol";
import { ISessionPayment } from "../../interfaces/ISessionPayment.sol";
import { EpochRoots } from "../../libraries/EpochRoots.sol";
import { SignedRoots } from "../../libraries/SignedRoots.sol";

/// @title DutyPay
contract DutyPay is IDutyPay, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    IERC20 public immutable cor;
    ISessionPayment public immutable payment;
    IAttestations public immutable attestations;
    IRouters public immutable nodes;

    /// @inheritdoc IDutyPay
    mapping(address validator => uint256) public paidWeiOf;

    constructor(ISessionPayment payment_, IAttestations attestations_, IRouters nodes_) {
        cor = payment_.cor();
        payment = payment_;
        attestations = attestations_;
        nodes = nodes_;
    }

    /// @inheritdoc IDutyPay
    function collect(address[] calldata lanes) external nonReentrant returns (uint256 amountWei) {
        amountWei = payment.withdraw(address(this), lanes, address(this));
        emit FeesCollected(msg.sender, amountWei);
    }

    /// @inheritdoc IDutyPay
    function claim(address validator, uint96 earnedWei, EpochRoots.EpochRoot calldata root, bytes32[] calldata path)
        external
        nonReentrant
        returns (uint256 amountWei)
    {
        _checkEarned(validator, earnedWei, root, path);
        uint256 paidWei = paidWeiOf[validator];
        require(earnedWei > paidWei, NothingDue(validator, earnedWei, paidWei));
        address to = nodes.ownerOf(validator);
        require(to != address(0), ValidatorUnknown(validator));
        amountWei = earnedWei - paidWei;
        paidWeiOf[validator] = earnedWei;
        emit DutiesPaid(validator, to, msg.sender, root.epoch, amountWei, earnedWei);
        cor.safeTransfer(to, amountWei);
    }

    /// Whether guards attested that much of this validator.
    function _checkEarned(
        address validator,
        uint96 earnedWei,
        EpochRoots.EpochRoot calldata root,
        bytes32[] calldata path
    ) internal view {
        // Of the chain that settlements are on: this one.
        uint64 subject = uint64(block.chainid);
        bytes32 given = EpochRoots.hashRoot(subject, SignedRoots.KIND_DUTY_PAY, root);
        bytes32 posted = attestations.rootOf(subject, SignedRoots.KIND_DUTY_PAY, root.epoch);
        require(given == posted, RootForeign(root.epoch, given, posted));
        bytes memory leaf = abi.encodePacked(validator, earnedWei);
        require(
            EpochRoots.isLeafOf(root.merkleRoot, SignedRoots.KIND_DUTY_PAY, leaf, path),
            EarnedUnproved(validator, earnedWei)
        );
    }
}
