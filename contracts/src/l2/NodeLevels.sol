// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Ownable, Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";
import { INodeLevels } from "../interfaces/INodeLevels.sol";

/// @title NodeLevels
contract NodeLevels is INodeLevels, Ownable2Step {
    uint8 public constant LEVEL_MAX = 10;
    /// @notice How long an assessment counts, as long as a verification does: what isn't looked at again is no longer known.
    uint256 public constant ASSESSMENT_SECONDS = 30 days;

    /// @inheritdoc INodeLevels
    mapping(address account => bool) public isAssessor;
    mapping(address node => Assessment) internal _assessments;

    constructor(address owner) Ownable(owner) { }

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
    function assess(address node, uint8 level) external {
        require(isAssessor[msg.sender], NotAssessor(msg.sender));
        require(node != address(0), NodeZero());
        require(level <= LEVEL_MAX, LevelOutOfRange(level, LEVEL_MAX));
        uint8 previous = levelOf(node);
        _assessments[node] = Assessment({ assessor: msg.sender, assessedAt: uint40(block.timestamp), level: level });
        emit LevelAssessed(node, msg.sender, level, previous);
    }

    /// @inheritdoc INodeLevels
    function levelOf(address node) public view returns (uint8) {
        Assessment memory found = _assessments[node];
        // Inclusive: the last second of the thirtieth day still counts.
        bool isFresh = block.timestamp - found.assessedAt <= ASSESSMENT_SECONDS;
        return isFresh && isAssessor[found.assessor] ? found.level : 0;
    }

    /// @inheritdoc INodeLevels
    function assessmentOf(address node) external view returns (Assessment memory) {
        return _assessments[node];
    }
}
