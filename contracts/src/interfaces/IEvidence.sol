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
        /// One answer, that the miner's owner asked for in its own session, with its own key: who made it wrong harmed nobody.
        bool isOwn;
    }

    error MinerUnknown(address miner);
    /// Its owner planted it, for nobody but itself.
    error Planted(bytes32 resultHash);
    error NotPlanted(bytes32 resultHash);

    /// @notice Reverts for what shows nothing, see `Accusations`, and for a planted result.
    function check(Accusations.Accusation calldata accusation) external view returns (Shown memory);

    /// @notice Reverts unless a result is a planted one.
    /// @param isOwn As `Shown` has it.
    function requirePlanted(bytes32 resultHash, bool isOwn) external view;
}
