// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { LevelRules } from "../libraries/LevelRules.sol";
import { IFreezes } from "./IFreezes.sol";
import { INodePool } from "./INodePool.sol";

/// @title INodeLevels
/// @notice The level, 0 … 10, of each node: found by rule from the network's own tasks (`docs/NODE_LIFE.md`), and where no task has found
/// one yet, an assessor's word. Assessors of the start-up phase are those that the owner names; they are trusted, and guards take
/// their place later behind `levelOf`.
/// @dev Owner powers, all of them: add an assessor, remove one; say of a kernel class whether it can be proved; once, name the pool that
/// hears of levels, the tasks that they are found by, and who freezes nodes.
interface INodeLevels {
    struct Assessment {
        /// Whose word the level goes back to: an assessor, or the network's tasks.
        address assessor;
        uint40 assessedAt;
        uint8 level;
    }

    event AssessorAdded(address indexed assessor);
    event AssessorRemoved(address indexed assessor);
    /// A node's history: `previous` is what `levelOf` said before.
    event LevelAssessed(address indexed node, address indexed assessor, uint256 level, uint256 previous);
    /// How a node did at one of the network's tasks.
    event OutcomeCounted(address indexed node, LevelRules.Outcome outcome, uint256 level, uint256 previous);
    event ClassProved(bytes32 indexed kernelClass, bool isProved);
    event Joined(INodePool pool, address tasks, IFreezes guards, IFreezes juries);

    error AssessorZero();
    error AssessorKnown(address assessor);
    error AssessorUnknown(address assessor);
    error NotAssessor(address caller);
    error NotTasks(address caller);
    error NodeZero();
    error LevelOutOfRange(uint256 level, uint256 maximum);
    error JoinedAlready();
    error JoinedElsewhere(address levels);

    /// @notice Names an assessor. Only the owner.
    function addAssessor(address assessor) external;

    /// @notice Strikes an assessor off: what it has found counts no more. Only the owner.
    function removeAssessor(address assessor) external;

    /// @notice Says whether engines of a kernel class can be proved: nodes of others end at level 3. Only the owner.
    function setProved(bytes32 kernelClass, bool isProved) external;

    /// @notice Names the pool that hears of levels, the contract whose tasks they are found by, and who freezes nodes. Only the owner, once.
    function join(INodePool pool, address tasks, IFreezes guards, IFreezes juries) external;

    /// @notice Says what level a node has, in place of whatever was said before. Only an assessor.
    /// @param node The address that it signs with.
    /// @param level 0 … 10.
    function assess(address node, uint8 level) external;

    /// @notice Counts how a node did at one more task, at the difficulty that `difficultyOf` says. Only the network's tasks.
    function count(address node, LevelRules.Outcome outcome) external;

    /// @notice The level of a node: what was found last, while whoever found it counts and for 30 days; else 0.
    function levelOf(address node) external view returns (uint8);

    /// @notice Whether a node gets no work, whatever its level: guards or juries freeze it.
    function isFrozen(address node) external view returns (bool);

    /// @notice The difficulty of a node's next task, 1 … 10.
    function difficultyOf(address node) external view returns (uint8);

    /// @notice What was found last, whether it counts or not.
    function assessmentOf(address node) external view returns (Assessment memory);

    /// @notice The latest 32 changes of a node's level, latest last.
    function historyOf(address node) external view returns (LevelRules.Change[] memory);

    function isAssessor(address account) external view returns (bool);

    /// @notice Whether engines of a kernel class can be proved.
    function isProved(bytes32 kernelClass) external view returns (bool);
}
