// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Ownable, Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";
import { IFreezes } from "../interfaces/IFreezes.sol";
import { INodeLevels } from "../interfaces/INodeLevels.sol";
import { INodePool } from "../interfaces/INodePool.sol";
import { LevelRules } from "../libraries/LevelRules.sol";

/// @title NodeLevels
contract NodeLevels is INodeLevels, Ownable2Step {
    using LevelRules for LevelRules.Record;

    /// Whose word the level goes back to, and when it was looked at last.
    struct Source {
        address by;
        uint40 at;
    }

    uint8 public constant LEVEL_MAX = LevelRules.LEVEL_MAX;
    /// @notice How long an assessment counts, as long as a verification does: what isn't looked at again is no longer known.
    uint256 public constant ASSESSMENT_SECONDS = 30 days;

    INodePool public pool;
    address public tasks;
    IFreezes public guards;
    IFreezes public juries;
    /// @inheritdoc INodeLevels
    mapping(address account => bool) public isAssessor;
    /// @inheritdoc INodeLevels
    mapping(bytes32 kernelClass => bool) public isProved;
    mapping(address node => Source) internal _sources;
    mapping(address node => LevelRules.Record) internal _records;

    constructor(address owner) Ownable(owner) { }

    /* OWNER */

    /// @inheritdoc INodeLevels
    function addAssessor(address assessor) external onlyOwner {
        require(assessor != address(0), AssessorZero());
        require(!isAssessor[assessor], AssessorKnown(assessor));
        isAssessor[assessor] = true;
        emit AssessorAdded(assessor);
    }

    /// @inheritdoc INodeLevels
    function removeAssessor(address assessor) external onlyOwner {
        require(isAssessor[assessor], AssessorUnknown(assessor));
        isAssessor[assessor] = false;
        emit AssessorRemoved(assessor);
    }

    /// @inheritdoc INodeLevels
    function setProved(bytes32 kernelClass, bool isProved_) external onlyOwner {
        isProved[kernelClass] = isProved_;
        emit ClassProved(kernelClass, isProved_);
    }

    /// @inheritdoc INodeLevels
    function join(INodePool pool_, address tasks_, IFreezes guards_, IFreezes juries_) external onlyOwner {
        require(address(pool) == address(0), JoinedAlready());
        require(pool_.levels() == address(this), JoinedElsewhere(pool_.levels()));
        (pool, tasks, guards, juries) = (pool_, tasks_, guards_, juries_);
        emit Joined(pool_, tasks_, guards_, juries_);
    }

    /* FINDING */

    /// @inheritdoc INodeLevels
    function assess(address node, uint8 level) external {
        require(isAssessor[msg.sender], NotAssessor(msg.sender));
        require(node != address(0), NodeZero());
        require(level <= LEVEL_MAX, LevelOutOfRange(level, LEVEL_MAX));
        uint8 previous = levelOf(node);
        LevelRules.Record storage record = _records[node];
        if (level != record.level) record.change(level, uint40(block.timestamp));
        _sources[node] = Source({ by: msg.sender, at: uint40(block.timestamp) });
        emit LevelAssessed(node, msg.sender, level, previous);
        _tell(node, level);
    }

    /// @inheritdoc INodeLevels
    /// @dev A level that an assessor said stays its word, however often it is kept; one that a node rose to is found.
    function count(address node, LevelRules.Outcome outcome) external {
        require(msg.sender == tasks, NotTasks(msg.sender));
        uint8 previous = levelOf(node);
        LevelRules.Record storage record = _records[node];
        bool counts = _counts(node);
        if (!counts && record.level != 0) record.change(0, uint40(block.timestamp));
        record.count(outcome, _isProvedNode(node), uint40(block.timestamp));
        uint8 level = record.level;
        bool isSeen = outcome != LevelRules.Outcome.Missed;
        if (!counts || level > previous) _sources[node].by = msg.sender;
        if (isSeen) _sources[node].at = uint40(block.timestamp);
        emit OutcomeCounted(node, outcome, level, previous);
        // Who wasn't there was not looked at: only what it lost by that is told.
        if (isSeen || level != previous) _tell(node, level);
    }

    /* VIEWS */

    /// @inheritdoc INodeLevels
    function levelOf(address node) public view returns (uint8) {
        return _counts(node) ? _records[node].level : 0;
    }

    /// @inheritdoc INodeLevels
    function isFrozen(address node) external view returns (bool) {
        return address(pool) != address(0) && (guards.isFrozen(node) || juries.isFrozen(node));
    }

    /// @inheritdoc INodeLevels
    function difficultyOf(address node) external view returns (uint8) {
        return _counts(node) ? _records[node].nextDifficulty(_isProvedNode(node)) : 1;
    }

    /// @inheritdoc INodeLevels
    function assessmentOf(address node) external view returns (Assessment memory) {
        Source memory source = _sources[node];
        return Assessment({ assessor: source.by, assessedAt: source.at, level: _records[node].level });
    }

    /// @inheritdoc INodeLevels
    function historyOf(address node) external view returns (LevelRules.Change[] memory) {
        return _records[node].historyOf();
    }

    /* INTERNAL */

    function _counts(address node) internal view returns (bool) {
        Source memory source = _sources[node];
        // Inclusive: the last second of the thirtieth day still counts.
        bool isFresh = block.timestamp - source.at <= ASSESSMENT_SECONDS;
        bool isHeard = isAssessor[source.by] || (source.by != address(0) && source.by == tasks);
        return isFresh && isHeard;
    }

    function _isProvedNode(address node) internal view returns (bool) {
        return isProved[pool.registry().nodeOf(node).details.kernelClass];
    }

    function _tell(address node, uint8 level) internal {
        if (address(pool) != address(0)) pool.assess(node, level);
    }
}
