// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IDuties } from "../../interfaces/IDuties.sol";
import { IGuardSets } from "../../interfaces/IGuardSets.sol";
import { INodeLevels } from "../../interfaces/INodeLevels.sol";
import { IRegistry } from "../../interfaces/IRegistry.sol";
import { IStakeView } from "../../interfaces/IStakeView.sol";
import { Epochs } from "../../libraries/Epochs.sol";
import { GuardMembers } from "../../libraries/GuardMembers.sol";
import { LevelRules } from "../../libraries/LevelRules.sol";
import { PlantProofs } from "../../libraries/PlantProofs.sol";
import { StoredBytes } from "../../libraries/StoredBytes.sol";

/// @title Duties
contract Duties is IDuties {
    using GuardMembers for bytes;

    uint8 internal constant ROLE_MINER = 2;
    /// @notice Epochs from a plant's own until it may be opened: its first results are those of the next one, whose verdicts are committed to in the second.
    uint64 public constant PLANT_EPOCHS = 3;
    /// @notice As many as 8,192 duties of one validator.
    uint256 public constant OUTCOME_BYTES_MAX = 4_096;
    /// @notice As many as 400 tokens of a planted result.
    uint256 public constant PLANT_PROOF_BYTES_MAX = 8_192;

    IGuardSets public immutable guardSets;
    INodeLevels public immutable nodeLevels;
    IRegistry internal immutable _registry;
    IStakeView internal immutable _stakeView;
    uint64 internal immutable _t0;
    uint64 internal immutable _epochSeconds;

    /// @inheritdoc IDuties
    mapping(uint64 epoch => mapping(address owner => bool)) public hasCommitted;
    mapping(uint64 epoch => mapping(address validator => Round)) internal _rounds;
    mapping(uint64 epoch => mapping(bytes32 secret => bool)) internal _isShown;
    mapping(bytes32 commitment => Plant) internal _plants;
    /// @inheritdoc IDuties
    mapping(bytes32 resultHash => bool) public isPlanted;

    constructor(IGuardSets guardSets_, INodeLevels nodeLevels_) {
        guardSets = guardSets_;
        nodeLevels = nodeLevels_;
        _registry = guardSets_.registry();
        _stakeView = guardSets_.stakeView();
        _t0 = guardSets_.t0();
        _epochSeconds = guardSets_.epochSeconds();
    }

    /* SECRETS AND VERDICTS */

    /// @inheritdoc IDuties
    function commit(uint64 epoch, bytes32 commitment) external {
        uint64 due = _epochNow() + 1;
        require(epoch == due, CommitOutOfTime(epoch, due));
        require(commitment != 0, CommitmentZero());
        IRegistry.Node memory node = _registry.nodeOf(msg.sender);
        bool isGuard = _isGuard(epoch);
        uint8 level = isGuard ? 0 : _levelOf(epoch, node);
        uint256 stakeWei = _stakeView.stakeOf(node.owner);
        require(stakeWei != 0, StakeMissing(node.owner));
        require(!hasCommitted[epoch][node.owner], OwnerTaken(epoch, node.owner));

        hasCommitted[epoch][node.owner] = true;
        _rounds[epoch][msg.sender].commitment = commitment;
        emit DutyCommitted(epoch, msg.sender, node.owner, stakeWei, isGuard, level, commitment);
    }

    /// @inheritdoc IDuties
    function commitVerdicts(uint64 epoch, bytes32 commitment) external {
        uint64 running = _epochNow();
        require(running == epoch + 1, VerdictsOutOfTime(epoch, running));
        require(commitment != 0, CommitmentZero());
        Round storage round = _roundOf(epoch);
        require(round.verdicts == 0, VerdictsCommittedAlready(epoch, msg.sender));

        round.verdicts = commitment;
        emit VerdictsCommitted(epoch, msg.sender, commitment);
    }

    /// @inheritdoc IDuties
    function show(uint64 epoch, bytes32 secret, bytes32 documentCid, bytes calldata outcomes) external {
        _checkShowTime(epoch);
        Round storage round = _roundOf(epoch);
        require(!round.isShown, ShownAlready(epoch, msg.sender));
        bytes32 opened = keccak256(abi.encodePacked("duty-secret-v1", block.chainid, epoch, msg.sender, secret));
        require(opened == round.commitment, SecretForeign(opened, round.commitment));
        require(!_isShown[epoch][secret], SecretTaken(epoch, secret));
        require(outcomes.length <= OUTCOME_BYTES_MAX, OutcomesTooMany(outcomes.length, OUTCOME_BYTES_MAX));
        bytes32 found = documentCid == 0 && outcomes.length == 0
            ? bytes32(0)
            : keccak256(
                abi.encodePacked("duty-verdicts-v1", block.chainid, epoch, msg.sender, documentCid, outcomes)
            );
        require(found == round.verdicts, VerdictsForeign(found, round.verdicts));

        round.isShown = true;
        _isShown[epoch][secret] = true;
        emit DutiesShown(epoch, msg.sender, secret, documentCid, outcomes);
    }

    /* PLANTED RESULTS */

    /// @inheritdoc IDuties
    function plant(bytes32 commitment) external {
        require(!_plants[commitment].isKnown, PlantKnown(commitment));
        uint64 epoch = _epochNow();
        _plants[commitment] = Plant(true, epoch, false);
        emit PlantCommitted(epoch, commitment);
    }

    /// @inheritdoc IDuties
    function openPlant(bytes32 salt, bytes calldata proof) external {
        require(proof.length <= PLANT_PROOF_BYTES_MAX, PlantProofTooLong(proof.length, PLANT_PROOF_BYTES_MAX));
        bytes32 commitment = keccak256(abi.encodePacked("plant-v2", msg.sender, salt));
        Plant storage planted = _plants[commitment];
        require(planted.isKnown, PlantUnknown(commitment));
        require(!planted.isOpened, PlantOpenedAlready(commitment));
        uint64 opensFrom = planted.epoch + PLANT_EPOCHS;
        uint64 epoch = _epochNow();
        require(epoch >= opensFrom, PlantOpenedEarly(opensFrom));

        planted.isOpened = true;
        emit PlantOpened(epoch, msg.sender, planted.epoch, salt, proof);
        _markPlanted(planted.epoch, PlantProofs.read(proof));
    }

    /* VIEWS */

    /// @inheritdoc IDuties
    function roundOf(uint64 epoch, address validator) external view returns (Round memory) {
        return _rounds[epoch][validator];
    }

    /// @inheritdoc IDuties
    function plantOf(bytes32 commitment) external view returns (Plant memory) {
        return _plants[commitment];
    }

    /* INTERNAL */

    function _times() internal view returns (Epochs.Times memory) {
        return Epochs.Times(_t0, _epochSeconds);
    }

    function _epochNow() internal view returns (uint64) {
        return Epochs.epochAt(_times(), block.timestamp);
    }

    /// What a planter's own miner made wrong, of a task that still ran when its commitment's epoch was over: so nobody had checked it by then. Of what shows nothing
    /// of the kind nothing is kept; whoever reads the event sees for itself.
    function _markPlanted(uint64 committed, PlantProofs.Shown memory shown) internal {
        if (shown.resultHash == 0 || _registry.ownerOf(shown.miner) != msg.sender) return;
        if (shown.deadline < Epochs.endOf(_times(), committed)) return;
        isPlanted[shown.resultHash] = true;
        emit ResultPlanted(shown.resultHash, msg.sender);
    }

    function _checkShowTime(uint64 epoch) internal view {
        uint64 running = _epochNow();
        uint64 recordEpoch = Epochs.recordEpochAt(_times(), block.timestamp);
        require(
            running == epoch + 2 && recordEpoch == running, ShowOutOfTime(epoch, running, recordEpoch)
        );
    }

    function _roundOf(uint64 epoch) internal view returns (Round storage round) {
        round = _rounds[epoch][msg.sender];
        require(round.commitment != 0, NotCommitted(epoch, msg.sender));
    }

    /// Whether the caller guards an epoch, as far as its set is known by now.
    function _isGuard(uint64 epoch) internal view returns (bool isMember) {
        (address stored, uint32 frozen) = guardSets.storedSetAt(epoch);
        uint256 place;
        (isMember, place) = StoredBytes.read(stored).find(msg.sender);
        if (!isMember) return false;
        require(frozen >> place & 1 == 0 && !guardSets.isFrozen(msg.sender), GuardIsFrozen(msg.sender));
    }

    /// The level of the caller, an active miner that may validate.
    function _levelOf(uint64 epoch, IRegistry.Node memory node) internal view returns (uint8 level) {
        bool isMiner = node.owner != address(0) && node.leftAt == 0 && node.details.roles & ROLE_MINER != 0;
        require(isMiner, NotValidator(msg.sender, epoch));
        level = nodeLevels.levelOf(msg.sender);
        require(LevelRules.mayValidate(level), NotValidator(msg.sender, epoch));
    }
}
