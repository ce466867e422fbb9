// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { StakeProofs } from "../libraries/StakeProofs.sol";
import { IParentBlocks } from "./IParentBlocks.sol";
import { IStakeView } from "./IStakeView.sol";

/// @title IStakeMirror
/// @notice A view of the stakes on another chain, which hears of them by message, and takes a proof of them from anyone.
interface IStakeMirror is IStakeView {
    error BlockUnknown(bytes32 blockHash);

    /// @notice Takes what the vault held in a block that `blocks` knows. One that isn't newer than what is known changes nothing.
    function prove(address operator, StakeProofs.Proof calldata proof) external;

    function blocks() external view returns (IParentBlocks);
}
