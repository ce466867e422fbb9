// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { IAttestations } from "../interfaces/IAttestations.sol";
import { IPauseHook } from "../interfaces/IPauseHook.sol";
import { ISessionPayment } from "../interfaces/ISessionPayment.sol";
import { ISolanaTill } from "../interfaces/ISolanaTill.sol";
import { EpochRoots } from "../libraries/EpochRoots.sol";
import { Hooks } from "../libraries/Hooks.sol";
import { SignedRoots } from "../libraries/SignedRoots.sol";

/// @title SolanaTill
contract SolanaTill is ISolanaTill, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    struct Terms {
        ISessionPayment payment;
        IAttestations attestations;
        IPauseHook pause;
        address keeper;
        /// Of the cluster, and keys in it.
        bytes32 genesisHash;
        bytes32 vault;
        bytes32 mint;
        uint8 decimals;
        /// COR that may be credited within one window.
        uint128 capWei;
        uint64 windowSeconds;
        uint64 noticeSeconds;
    }

    uint8 internal constant COR_DECIMALS = 18;
    uint8 internal constant TO_SESSION = 0;
    uint8 internal constant TO_WALLET = 1;

    IERC20 public immutable cor;
    ISessionPayment public immutable payment;
    IAttestations public immutable attestations;
    IPauseHook public immutable pause;
    address public immutable keeper;
    bytes32 public immutable genesisHash;
    bytes32 public immutable vault;
    bytes32 public immutable mint;
    uint8 public immutable decimals;
    uint128 public immutable capWei;
    uint64 public immutable windowSeconds;
    uint64 public immutable noticeSeconds;
    /// @inheritdoc ISolanaTill
    uint64 public immutable subjectChainId;

    /// @inheritdoc ISolanaTill
    mapping(bytes32 depositId => bool) public isDone;
    uint128 internal _windowWei;
    uint64 internal _window;
    uint128 public leavingWei;
    uint64 public leavingFrom;

    constructor(Terms memory terms) {
        require(terms.decimals <= COR_DECIMALS, DecimalsAbove(terms.decimals, COR_DECIMALS));
        require(terms.windowSeconds != 0, WindowZero());
        cor = terms.payment.cor();
        payment = terms.payment;
        attestations = terms.attestations;
        pause = terms.pause;
        keeper = terms.keeper;
        genesisHash = terms.genesisHash;
        vault = terms.vault;
        mint = terms.mint;
        decimals = terms.decimals;
        capWei = terms.capWei;
        windowSeconds = terms.windowSeconds;
        noticeSeconds = terms.noticeSeconds;
        uint256 hash = uint256(keccak256(abi.encodePacked("solana-chain-v1", terms.genesisHash)));
        subjectChainId = uint64((1 << 52) | (hash & ((1 << 52) - 1)));
    }

    modifier onlyKeeper() {
        require(msg.sender == keeper, NotKeeper(msg.sender));
        _;
    }

    /* IN */

    /// @inheritdoc ISolanaTill
    function credit(Deposit calldata deposit, EpochRoots.EpochRoot calldata root, bytes32[] calldata path)
        external
        nonReentrant
        returns (bytes32 depositId, uint256 creditedWei)
    {
        Hooks.requireOpen(pause);
        depositId = depositIdOf(deposit.signature, deposit.instruction);
        require(!isDone[depositId], CreditedAlready(depositId));
        _requireAttested(depositId, deposit, root, path);
        creditedWei = deposit.amount * 10 ** uint256(COR_DECIMALS - decimals);
        require(creditedWei != 0, AmountZero());
        _requireWithinCap(creditedWei);
        uint256 hereWei = cor.balanceOf(address(this));
        require(creditedWei <= hereWei, ReserveShort(creditedWei, hereWei));

        isDone[depositId] = true;
        emit DepositCredited(depositId, deposit.targetKind, deposit.target, creditedWei);
        _give(deposit.targetKind, deposit.target, creditedWei);
    }

    /* KEEPER */

    /// @inheritdoc ISolanaTill
    function giveUp(bytes32 depositId) external onlyKeeper {
        require(!isDone[depositId], CreditedAlready(depositId));
        isDone[depositId] = true;
        emit DepositGivenUp(depositId);
    }

    /// @inheritdoc ISolanaTill
    function announceWithdrawal(uint128 amountWei) external onlyKeeper {
        leavingWei = amountWei;
        leavingFrom = uint64(block.timestamp) + noticeSeconds;
        emit WithdrawalAnnounced(amountWei, leavingFrom);
    }

    /// @inheritdoc ISolanaTill
    function withdrawReserve(address to) external onlyKeeper nonReentrant returns (uint256 amountWei) {
        require(leavingWei != 0, NothingAnnounced());
        require(block.timestamp >= leavingFrom, WithdrawalTooEarly(leavingFrom));
        uint256 hereWei = cor.balanceOf(address(this));
        amountWei = leavingWei < hereWei ? leavingWei : hereWei;
        leavingWei = 0;
        emit ReserveWithdrawn(to, amountWei);
        cor.safeTransfer(to, amountWei);
    }

    /* VIEWS */

    /// @inheritdoc ISolanaTill
    function creditedInWindowWei() public view returns (uint256) {
        return _window == block.timestamp / windowSeconds ? _windowWei : 0;
    }

    /// @inheritdoc ISolanaTill
    function reserveWei() external view returns (uint256) {
        uint256 hereWei = cor.balanceOf(address(this));
        return hereWei > leavingWei ? hereWei - leavingWei : 0;
    }

    /// @inheritdoc ISolanaTill
    function depositIdOf(bytes32[2] calldata signature, uint8 instruction) public view returns (bytes32) {
        return keccak256(abi.encodePacked("solana-deposit-v1", genesisHash, signature, instruction));
    }

    /* INTERNAL */

    function _requireAttested(
        bytes32 depositId,
        Deposit calldata deposit,
        EpochRoots.EpochRoot calldata root,
        bytes32[] calldata path
    ) internal view {
        uint8 kind = SignedRoots.KIND_SOLANA_DEPOSITS;
        bytes32 given = EpochRoots.hashRoot(subjectChainId, kind, root);
        bytes32 posted = attestations.rootOf(subjectChainId, kind, root.epoch);
        require(given == posted, RootForeign(root.epoch, given, posted));
        require(EpochRoots.isLeafOf(root.merkleRoot, kind, _pack(deposit), path), DepositUnproved(depositId));
    }

    /// As `packSolanaDeposit` in `packages/protocol`. What is another till's, network's or chain's has another leaf.
    function _pack(Deposit calldata deposit) internal view returns (bytes memory) {
        return bytes.concat(
            abi.encodePacked(genesisHash, deposit.signature, deposit.instruction, vault, mint, deposit.amount),
            abi.encodePacked(
                uint64(block.chainid), address(payment), deposit.targetKind, deposit.target, deposit.nonce
            )
        );
    }

    /// Counts it in the window, which is at most the cap.
    function _requireWithinCap(uint256 amountWei) internal {
        require(amountWei <= capWei, AboveCap(amountWei, capWei));
        uint256 before = creditedInWindowWei();
        require(amountWei <= capWei - before, WindowFull(amountWei, capWei - before));
        _window = uint64(block.timestamp / windowSeconds);
        // Within the cap, which 128 bits hold.
        _windowWei = uint128(before + amountWei);
    }

    function _give(uint8 targetKind, uint160 target, uint256 amountWei) internal {
        if (targetKind == TO_WALLET) {
            cor.safeTransfer(address(target), amountWei);
            return;
        }
        require(targetKind == TO_SESSION && target <= type(uint32).max, TargetInvalid(targetKind, target));
        cor.forceApprove(address(payment), amountWei);
        payment.deposit(uint32(target), amountWei);
    }
}
