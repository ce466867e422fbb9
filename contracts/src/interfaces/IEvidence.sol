// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Accusations } from "../libraries/Accusations.sol";

/// @title IEvidence
/// @notice Reads what shows a disputed result. A contract beside the juries, because one contract has no room for both.
/// @dev Nobody has any power here, and nothing is kept.
interface IEvidence {
    /// What an accusation shows.
    struct Shown {
        /// As the results root has it: keccak256(abi.encode(the task's hash)).
        bytes32 taskId;
        /// Struct hash of the result.
        bytes32 resultHash;
        bytes32 kernelClass;
        bytes32 modelId;
        address miner;
        address minerOwner;
        /// Owner of the router that signed the receipt.
        address operator;
        /// The session's owner.
        address client;
        uint96 feeWei;
    }

    error MinerUnknown(address miner);

    /// @notice Reverts for what shows nothing: see `Accusations`.
    function check(Accusations.Accusation calldata accusation) external view returns (Shown memory);
}
