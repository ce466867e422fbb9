// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IRoyaltyHook
/// @notice What a model's owner has of each fee. Nobody asks it while settling: who computes splits does, beforehand.
interface IRoyaltyHook {
    /// @param modelId As sessions name it.
    /// @return modelOwner Zero when the model has no owner.
    /// @return royaltyBps Basis points of the fee, out of the miners' part; 0 when the model has no owner.
    function royaltyOf(bytes32 modelId) external view returns (address modelOwner, uint16 royaltyBps);
}
