// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { DisputeSteps } from "../libraries/DisputeSteps.sol";
import { Verdicts } from "../libraries/Verdicts.sol";
import { IEvidence } from "./IEvidence.sol";
import { IJudges } from "./IJudges.sol";
import { IReceiver } from "./IReceiver.sol";

/// @title IJuries
/// @notice Disputes over results: three validators by commit and reveal, a jury, one appeal, and the word of it to whoever takes stakes. Who
/// sits is drawn by the beacon from those whom anyone put in; anyone enforces a deadline.
/// @dev Nobody has any power here but who sits. The deployer's, once: say where slashes are carried out. Any call may go with others in one
/// `multicall`, so that who finds a deadline due enforces it first.
/// Warning: what a jury finds is right as long as fewer than a third of its jurors lie. The contract runs no model.
interface IJuries is IReceiver {
    /// What a dispute is about.
    struct Charge {
        /// As the results root has it: keccak256(abi.encode(the task's hash)).
        bytes32 taskId;
        /// Struct hash of the result.
        bytes32 resultHash;
        /// What who sits must be able to run.
        bytes32 kernelClass;
        bytes32 modelId;
        address miner;
        /// What the router promised for the task.
        uint96 feeWei;
        /// The session's owner when the dispute was opened.
        address client;
        /// Until when the miner is frozen at most; 0 where nobody found it worth a slash.
        uint40 frozenUntil;
        bool isFreezing;
        /// The verdict is on its way to whoever takes stakes.
        bool isSent;
        /// As every receipt that was shown says: see `IEvidence.Shown`.
        bool isOwn;
        address opener;
        /// Zero without an appeal.
        address appellant;
    }

    event DisputeOpened(
        uint64 indexed number,
        bytes32 indexed taskId,
        address indexed miner,
        bytes32 resultHash,
        address opener,
        uint256 feeWei
    );
    /// Another router had promised more for the task: the penalty counts by that.
    event FeeAmended(uint64 indexed number, address indexed operator, uint256 feeWei);
    event JudgeClaimed(uint64 indexed number, DisputeSteps.Phase phase, address indexed node, uint96 ticket);
    event ValidatorsSeated(uint64 indexed number, uint256 round, address[] validators);
    event VerdictCommitted(uint64 indexed number, address indexed validator, bytes32 commitment);
    event VerdictRevealed(
        uint64 indexed number, address indexed validator, Verdicts.Outcome outcome, bytes32 stats, uint32 firstDiff
    );
    event JuryEmpanelled(uint64 indexed number, bool isSecond, address[] jurors);
    event JurorVoted(uint64 indexed number, address indexed juror, bool isWrong);
    event VerdictAppealed(uint64 indexed number, address indexed appellant);
    /// An event, or a deadline, led on.
    event DisputeMoved(uint64 indexed number, DisputeSteps.Phase phase, uint256 deadline);
    event DisputeEnded(
        uint64 indexed number, bytes32 indexed taskId, bytes32 resultHash, DisputeSteps.Ending ending, bool isAppealWon
    );
    event BondReturned(uint64 indexed number, address indexed to, uint256 amountWei);
    event MinerFrozen(uint64 indexed number, address indexed miner, uint256 until);
    event MinerThawed(uint64 indexed number, address indexed miner);
    event VerdictSent(uint64 indexed number, bytes32 messageId);
    event SlasherNamed(uint64 indexed chainId, address indexed slasher);

    error EpochTooLong(uint256 epochSeconds, uint256 maximum);
    error DisputeUnknown(uint64 number);
    error DisputeExists(uint64 number);
    error ResultOther(bytes32 shown, bytes32 disputed);
    error FeeNotHigher(uint256 shownWei, uint256 feeWei);
    error NotEligible(address node);
    error NotSlashed(uint64 number);
    error SentAlready(uint64 number);
    error NotFrozen(uint64 number);
    error FrozenUntil(uint256 until);
    error NotDeployer(address caller);
    error NamedAlready(address slasher);
    error SlasherUnnamed();
    error NotMessenger(address caller);
    error NotSlasher(uint64 chainId, address from);
    error ReceivedOther(uint256 receivedWei, uint256 expectedWei);

    /// @notice Disputes a result. Anyone, within a day of the task's deadline, who puts down `BOND_WEI`: it comes back unless the result is
    /// cleared, and is then the miner's owner's. A result once, again only when nobody could be drawn or decide.
    /// @param accusation The ABI encoding of an `Accusations.Accusation`, as `IEvidence.check` takes it.
    function open(bytes calldata accusation) external returns (uint64 number);

    /// @notice Shows a receipt of the same result that promises more: by the highest a penalty is counted, and its operator judges no more. Anyone,
    /// while the dispute goes on. So nobody makes a wrong result cheap by disputing it first with a receipt of a friend's.
    function amend(uint64 number, bytes calldata accusation) external;

    /// @notice Puts a node into the draw that a dispute waits for, in the first half of its epoch: the second after the one in which the
    /// dispute came to wait for it. Anyone may. Refused for one whose ticket is higher than those of as many others as are kept.
    function claim(uint64 number, address node) external;

    /// @notice Seats the three validators with the lowest tickets: in the second half of their draw's epoch. Anyone may.
    function seat(uint64 number) external;

    /// @notice Commits to a verdict. Only a validator of the round, once.
    /// @param commitment `keccak256("verdict-commit-v1" ‖ validator ‖ digest)`: see `Verdicts`.
    function commit(uint64 number, bytes32 commitment) external;

    /// @notice Shows the verdict that the caller committed to, of tier 2.
    function reveal(uint64 number, Verdicts.Outcome outcome, bytes32 stats, uint32 firstDiff, bytes32 salt) external;

    /// @notice Seats a jury: of the first the round's validators, then those with the lowest tickets; of the second none of the first's
    /// owners. In the second half of the draw's epoch. Anyone may.
    function empanel(uint64 number) external;

    /// @notice Says whether the result is wrong. Only a juror, once.
    function vote(uint64 number, bool isWrong) external;

    /// @notice Asks for a second jury, within a day of the first one's verdict. Anyone, who puts down `BOND_WEI`: it comes back when the second
    /// finds less, or can't be drawn, and is else the opener's.
    function appeal(uint64 number) external;

    /// @notice Enforces the deadline of a phase. Anyone may.
    function expire(uint64 number) external;

    /// @notice Ends a dispute over a planted result, of its owner's own (`NotPlanted`): nobody is slashed or paid, and what was put down comes back. Anyone may. What is shown to be a
    /// customer's by another receipt may be disputed again.
    function dismiss(uint64 number) external;

    /// @notice Tells whoever takes stakes of a dispute that ended with a slash, once. Anyone may.
    function execute(uint64 number) external;

    /// @notice Ends a freeze that has lasted 14 days. Anyone may.
    function thaw(uint64 number) external;

    /// @notice Says where slashes are carried out. Only the deployer, once.
    function nameSlasher(uint64 chainId, address slasher_) external;

    /// @notice Disputes opened so far: numbers from 1.
    function disputeCount() external view returns (uint64);

    function disputeOf(uint64 number) external view returns (DisputeSteps.Dispute memory);
    function chargeOf(uint64 number) external view returns (Charge memory);

    /// @notice The last dispute over a result; 0 for none.
    function lastDisputeOf(bytes32 resultHash) external view returns (uint64 number);

    /// @notice Whether a jury has found a node's result worth a slash, and neither the slash, a won appeal nor 14 days have ended that.
    function isFrozen(address node) external view returns (bool);

    /// @notice What reads accusations: made with this contract.
    function evidence() external view returns (IEvidence);

    /// @notice What knows who is able to judge: made with this contract.
    function judges() external view returns (IJudges);

    /// @notice Chain and address of whoever takes stakes.
    function slasherChainId() external view returns (uint64);
    function slasher() external view returns (address);
}
