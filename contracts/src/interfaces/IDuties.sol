// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IGuardSets } from "./IGuardSets.sol";
import { INodeLevels } from "./INodeLevels.sol";

/// @title IDuties
/// @notice What validators commit to and show: secrets that draw who checks which task of an epoch, and what they found. Nobody has any power
/// here, and nothing is decided here: everybody recomputes duties from these events (`docs/GUARDS.md`).
/// @dev For the results of epoch e: secrets are committed to in e − 1, verdicts in e + 1, both are shown in e + 2 before its cut-off. Bounds are
/// inclusive where a time begins, exclusive where it ends.
interface IDuties {
    /// What one validator did for one epoch.
    struct Round {
        /// To its secret; zero when there is none.
        bytes32 commitment;
        /// To its verdicts; zero when it says nothing.
        bytes32 verdicts;
        bool isShown;
    }

    /// A planted result's commitment.
    struct Plant {
        bool isKnown;
        /// The epoch that ran: it counts for the results of later ones.
        uint64 epoch;
        bool isOpened;
    }

    /// All that a validator's weight follows from, as it was then.
    /// @param level Of a miner; 0 of a guard.
    event DutyCommitted(
        uint64 indexed epoch,
        address indexed validator,
        address indexed owner,
        uint256 stakeWei,
        bool isGuard,
        uint8 level,
        bytes32 commitment
    );
    event VerdictsCommitted(uint64 indexed epoch, address indexed validator, bytes32 commitment);
    /// @param documentCid SHA-256 of the validator's document of verdicts; zero when it committed to none.
    /// @param outcomes What it found of each of its duties, by task, half a byte each; empty when it committed to nothing.
    event DutiesShown(
        uint64 indexed epoch, address indexed validator, bytes32 secret, bytes32 documentCid, bytes outcomes
    );
    event PlantCommitted(uint64 indexed epoch, bytes32 commitment);
    /// @param epoch That runs: the plant counts for the results of the second epoch before.
    /// @param committed The epoch that ran when it was committed to.
    /// @param proof Whatever the planter shows of its result (`encodePlantProof`): everybody sees for itself whether it is planted.
    event PlantOpened(uint64 indexed epoch, address indexed planter, uint64 committed, bytes32 salt, bytes proof);

    /// A plant that was opened is of this result, of its planter's own miner: whether anybody else was harmed by it, who judges it has to see.
    event ResultPlanted(bytes32 indexed resultHash, address indexed planter);

    error CommitOutOfTime(uint64 epoch, uint64 due);
    error VerdictsOutOfTime(uint64 epoch, uint64 running);
    error ShowOutOfTime(uint64 epoch, uint64 running, uint64 recordEpoch);
    error CommitmentZero();
    error NotValidator(address caller, uint64 epoch);
    error GuardIsFrozen(address guard);
    error StakeMissing(address owner);
    error OwnerTaken(uint64 epoch, address owner);
    error NotCommitted(uint64 epoch, address validator);
    error VerdictsCommittedAlready(uint64 epoch, address validator);
    error ShownAlready(uint64 epoch, address validator);
    error SecretForeign(bytes32 opened, bytes32 commitment);
    error SecretTaken(uint64 epoch, bytes32 secret);
    error VerdictsForeign(bytes32 opened, bytes32 commitment);
    error OutcomesTooMany(uint256 bytesGiven, uint256 bytesMax);
    error PlantKnown(bytes32 commitment);
    error PlantUnknown(bytes32 commitment);
    error PlantOpenedAlready(bytes32 commitment);
    error PlantOpenedEarly(uint64 opensFrom);
    error PlantProofTooLong(uint256 bytesGiven, uint256 bytesMax);

    /// @notice Commits to the secret that draws the caller's duties of the next epoch. A guard of that epoch that isn't frozen, as its set is known now, or an
    /// active miner whose level lets it validate; with stake. One validator of an owner.
    /// @param commitment `keccak256("duty-secret-v1" ‖ chainId u256 ‖ epoch u64 ‖ validator ‖ secret)`.
    function commit(uint64 epoch, bytes32 commitment) external;

    /// @notice Commits to what the caller found: while the epoch after runs, once.
    /// @param commitment `keccak256("duty-verdicts-v1" ‖ chainId u256 ‖ epoch u64 ‖ validator ‖ documentCid ‖ outcomes)`.
    function commitVerdicts(uint64 epoch, bytes32 commitment) external;

    /// @notice Shows the caller's secret, and what it committed to finding: in the second epoch after, before its cut-off, once. A secret that another has
    /// shown opens nothing.
    /// @param documentCid SHA-256 of the document with every verdict and its reasons; zero if nothing was committed to.
    /// @param outcomes At most `OUTCOME_BYTES_MAX`; empty if nothing was committed to.
    function show(uint64 epoch, bytes32 secret, bytes32 documentCid, bytes calldata outcomes) external;

    /// @notice Says that somebody will plant a result, and nothing of who or which. Anyone, for anyone: the planter's own account would tell whose results to look at.
    /// @param commitment `keccak256("plant-v2" ‖ planter ‖ salt)`.
    function plant(bytes32 commitment) external;

    /// @notice Shows the caller's planted result: once, and not before the verdicts on any result that it counts for are committed to.
    /// @param proof At most `PLANT_PROOF_BYTES_MAX`.
    function openPlant(bytes32 salt, bytes calldata proof) external;

    function roundOf(uint64 epoch, address validator) external view returns (Round memory);

    /// @notice Whether one of the owner's has committed to an epoch.
    function hasCommitted(uint64 epoch, address owner) external view returns (bool);

    function plantOf(bytes32 commitment) external view returns (Plant memory);

    /// @notice Whether a result, by its struct hash, was opened as a planted one by the owner of the miner that made it, who had committed to it before its task's deadline.
    /// Warning: that its fingerprint is the salt's isn't looked at here.
    function isPlanted(bytes32 resultHash) external view returns (bool);

    function guardSets() external view returns (IGuardSets);
    function nodeLevels() external view returns (INodeLevels);
}
