// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title INodeLevels
/// @notice The level, 0 … 10, that an assessor found each node to have. Assessors of the start-up phase are those that the owner
/// names; they are trusted, and guards take their place later behind `levelOf`.
/// @dev Owner powers, all of them: add an assessor, remove one.
interface INodeLevels {
    struct Assessment {
        address assessor;
        uint40 assessedAt;
        uint8 level;
    }

    event AssessorAdded(address indexed assessor);
    event AssessorRemoved(address indexed assessor);
    /// A node's history: `previous` is what `levelOf` said before.
    event LevelAssessed(address indexed node, address indexed assessor, uint256 level, uint256 previous);

    error AssessorZero();
    error AssessorKnown(address assessor);
    error AssessorUnknown(address assessor);
    error NotAssessor(address caller);
    error NodeZero();
    error LevelOutOfRange(uint256 level, uint256 maximum);

    /// @notice Names an assessor. Only the owner.
    function addAssessor(address assessor) external;

    /// @notice Strikes an assessor off: what it has found counts no more. Only the owner.
    function removeAssessor(address assessor) external;

    /// @notice Says what level a node has, in place of whatever was said before. Only an assessor.
    /// @param node The address that it signs with.
    /// @param level 0 … 10.
    function assess(address node, uint8 level) external;

    /// @notice The level of a node: what was found last, while its assessor counts and for 30 days; else 0.
    function levelOf(address node) external view returns (uint8);

    /// @notice What was found last, whether it counts or not.
    function assessmentOf(address node) external view returns (Assessment memory);

    function isAssessor(address account) external view returns (bool);
}
