// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ICorVault } from "./ICorVault.sol";

/// @title IExitVault
/// @notice A vault of a chain that may stop for good. Once its last state is fixed (`ILastState`), each account takes out, once, what that state has of
/// it: in its wallet, in a session's escrow, as credits and earnings, as a bond, at stake. What was locked and never arrived goes back.
/// @dev Nobody owns it, and no hook is asked on the way out. What always holds, besides what `ICorVault` says:
/// - each holding of the last state is paid at most once, to where its account's own key signed for;
/// - from what a contract below holds no more is paid than the last state's COR of that contract, whatever its storage says;
/// - messages of before go on being delivered: what was burned below isn't in the last state, and no state follows it.
/// Not paid: what was promised and not settled when the last state was posted, and what other contracts below hold than those that it names.
interface IExitVault is ICorVault {
    /// The contracts below in whose storage COR is somebody's, and the end of the link that brings it there.
    struct Below {
        address messenger;
        address payment;
        address sessions;
        address bond;
        address stakeVault;
    }

    /// Who leaves, where to, and its signature: EIP-712 `Leave(address account,address to)` under this vault's domain.
    struct Leaver {
        address account;
        address to;
        bytes signature;
    }

    /// One lane of a session: its place in the list, and what it spent.
    struct LaneProof {
        bytes[] entry;
        bytes[] spent;
    }

    struct SessionProof {
        bytes[] owner;
        bytes[] account;
        /// How many lanes; left empty where none has an allotment.
        bytes[] count;
        LaneProof[] lanes;
    }

    enum Holding {
        Balance,
        Session,
        Credit,
        /// The newest two windows of a lane's earnings, and what matured before.
        Earning,
        Matured,
        Bond,
        Stake,
        Lock
    }

    event ContractShown(address indexed shown, bytes32 storageRoot, uint256 corWei);
    event Left(Holding indexed holding, address indexed account, address indexed to, bytes32 claim, uint256 amountWei);

    error ChainFixed();
    error ContractUnknown(address account);
    error ShownAlready(address account);
    /// @notice `showContract` comes first.
    error NotShown(address account);
    error ClaimedAlready(bytes32 claim);
    error NothingHeld();
    error SignatureOther(address signer, address account);
    error OwnerOther(address owner, address account);
    error LanesOther(uint256 shown, uint256 lanes);
    error HeldBelow(address holder, uint256 leftWei, uint256 amountWei);
    error LockUnknown(bytes32 id);
    error LockArrived(bytes32 id);

    /// @notice Takes in where a contract's storage lies in the last state, and how much COR it has there. Anyone; each once, COR first.
    /// @param balanceNodes What COR below has of it; none for COR itself and the messenger.
    function showContract(address account, bytes[] calldata accountNodes, bytes[] calldata balanceNodes) external;

    /// @notice COR in an account's wallet.
    function claimBalance(Leaver calldata leaver, bytes[] calldata nodes) external returns (uint256 amountWei);

    /// @notice A session's deposit, less what its lanes had settled. To its owner.
    function claimSession(Leaver calldata leaver, uint32 session, SessionProof calldata proof)
        external
        returns (uint256 amountWei);

    /// @notice What a lane's settlements credited a payee, less what it withdrew.
    function claimCredit(Leaver calldata leaver, address lane, bytes[] calldata nodes)
        external
        returns (uint256 amountWei);

    /// @notice A lane's own earnings: of the newest two windows, or (`isMatured`) of before.
    function claimEarnings(Leaver calldata leaver, bool isMatured, bytes[] calldata nodes)
        external
        returns (uint256 amountWei);

    /// @notice A router's bond, also what is on its way out.
    function claimBond(Leaver calldata leaver, bytes[] calldata nodes) external returns (uint256 amountWei);

    /// @notice A holder's part of an operator's stake, also what is on its way out.
    function claimStake(Leaver calldata leaver, address operator, bytes[] calldata position, bytes[] calldata pool)
        external
        returns (uint256 amountWei);

    /// @notice Gives back to who locked it what never arrived below. Anyone.
    /// @param nodes That the end below had not delivered the message: that it has no state of it, or which.
    function takeBack(bytes32 id, bool isAbsent, bytes[] calldata nodes) external returns (uint256 amountWei);

    function isClaimed(bytes32 claim) external view returns (bool);

    /// @notice Of what a contract below held, what isn't paid yet.
    function leftWei(address account) external view returns (uint256);
}
