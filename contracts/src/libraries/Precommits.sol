// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Precommits
/// @notice What a miner posts before anyone shows an answer: bound to chain, contract, task and miner, so that a copied one opens
/// nothing; salted, so that a short answer can't be guessed from it.
library Precommits {
    /// @notice keccak256("precommit-v1" ‖ chain id ‖ the calling contract ‖ task ‖ miner ‖ salt ‖ result's hash).
    function precommitHash(bytes32 taskId, address miner, bytes32 salt, bytes32 resultHash)
        internal
        view
        returns (bytes32)
    {
        return keccak256(
            abi.encodePacked("precommit-v1", block.chainid, address(this), taskId, miner, salt, resultHash)
        );
    }
}
