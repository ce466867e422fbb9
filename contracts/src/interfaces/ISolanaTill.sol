// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { EpochRoots } from "../libraries/EpochRoots.sol";

/// @title ISolanaTill
/// @notice Credits deposits that were made on Solana and that guards attested, each once, out of a reserve of COR that its keeper put here.
/// @dev Who trusts it trusts three: more than two thirds of the guards' stake in what was deposited, up to the cap in each window; the keeper in that
/// the reserve isn't taken back before a deposit is shown, which it has to announce; and the vault's keepers in what the reserve stands for.
interface ISolanaTill {
    /// A transfer into the vault, as guards read it. Cluster, vault, mint, chain and network are the till's own.
    struct Deposit {
        /// The transaction's first signature.
        bytes32[2] signature;
        /// Index of the transfer among its top-level instructions.
        uint8 instruction;
        /// In the mint's smallest unit.
        uint64 amount;
        /// 0 a session, 1 a wallet.
        uint8 targetKind;
        /// The session's account, or the wallet's address.
        uint160 target;
        /// The sender's own mark.
        uint64 nonce;
    }

    event DepositCredited(
        bytes32 indexed depositId, uint8 indexed targetKind, uint160 indexed target, uint256 creditedWei
    );
    event DepositGivenUp(bytes32 indexed depositId);
    event WithdrawalAnnounced(uint256 amountWei, uint256 from);
    event ReserveWithdrawn(address indexed to, uint256 amountWei);

    error DecimalsAbove(uint8 decimals, uint8 most);
    error WindowZero();
    error RootForeign(uint64 epoch, bytes32 given, bytes32 posted);
    error DepositUnproved(bytes32 depositId);
    error CreditedAlready(bytes32 depositId);
    error AmountZero();
    /// @notice No window lets it through: the vault's keepers send it back.
    error AboveCap(uint256 amountWei, uint256 capWei);
    /// @notice Again in a later window.
    error WindowFull(uint256 amountWei, uint256 leftWei);
    /// @notice Again when the reserve was filled up.
    error ReserveShort(uint256 amountWei, uint256 reserveWei);
    error TargetInvalid(uint8 targetKind, uint160 target);
    error NotKeeper(address caller);
    error NothingAnnounced();
    error WithdrawalTooEarly(uint256 from);

    /// @notice Credits a deposit that stands under an attested root: a session's account, or a wallet with coins. Anyone, once for each deposit.
    function credit(Deposit calldata deposit, EpochRoots.EpochRoot calldata root, bytes32[] calldata path)
        external
        returns (bytes32 depositId, uint256 creditedWei);

    /// @notice The keeper's: says that a deposit will be sent back on Solana, so that it is never credited here.
    function giveUp(bytes32 depositId) external;

    /// @notice The keeper's: says that it will take so much of the reserve, after `noticeSeconds`. Replaces what it said before.
    function announceWithdrawal(uint128 amountWei) external;

    /// @notice The keeper's: takes what it announced, or what is left of it.
    function withdrawReserve(address to) external returns (uint256 amountWei);

    /// @notice Whether a deposit was credited or given up.
    function isDone(bytes32 depositId) external view returns (bool);

    /// @notice What a window has let through so far.
    function creditedInWindowWei() external view returns (uint256);

    /// @notice COR that is here and not announced to go: what a client may count on before it sends.
    function reserveWei() external view returns (uint256);

    function depositIdOf(bytes32[2] calldata signature, uint8 instruction) external view returns (bytes32);

    /// @notice The number by which attestations name the cluster.
    function subjectChainId() external view returns (uint64);
}
