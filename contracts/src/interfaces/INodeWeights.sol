// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title INodeWeights
/// @notice How many tickets each node has in draws: one that is free, and as many more as its owner's stake carries and its owner gives it.
/// Splitting stake over nodes gains no ticket.
/// @dev Nobody has any power here but a node's owner; a weight that stake no longer carries anyone may lower.
interface INodeWeights {
    struct Weight {
        /// 1 … 64; 0 for one that nobody set, which is 1.
        uint8 weight;
        /// What it was until `since`.
        uint8 before;
        /// From which second on it holds.
        uint40 since;
    }

    event WeightSet(address indexed node, address indexed owner, uint8 weight);

    error WeightOutOfRange(uint256 weight, uint256 maximum);
    error WeightKnown(address node, uint8 weight);
    error NotNodeOwner(address caller, address owner);
    /// Draws that were asked for before the last change may still be to come.
    error WeightTooFresh(uint256 until);
    error TicketsBeyondStake(uint256 extra, uint256 carried);
    error TicketsWithinStake(uint256 extra, uint256 carried);

    /// @notice Gives a node of the caller so many tickets. Draws asked for up to the present epoch's end go by the old weight.
    function setWeight(address node, uint8 weight) external;

    /// @notice Takes a node's further tickets away, while its owner has more of them than its stake carries. Anyone may.
    function trim(address node) external;

    /// @notice The weight that held just before a second: what draws whose candidates are fixed then go by. 1 … 64.
    function weightBefore(address node, uint256 second) external view returns (uint8);

    /// @notice Tickets of an owner's nodes beyond the free ones.
    function extraOf(address owner) external view returns (uint256);

    /// @notice How many of them the owner's stake carries now.
    function carriedOf(address owner) external view returns (uint256);
}
