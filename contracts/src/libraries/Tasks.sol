// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Tasks
/// @notice One inference request, as whoever asks it binds it. Its EIP-712 struct hash is the task's id: in the session queue, in
/// results and in receipts alike.
library Tasks {
    struct Task {
        /// Index of the paying session.
        uint32 account;
        /// The session's `sidOf`.
        bytes32 session;
        uint32 seq;
        /// keccak256 of the model's record: file hash, template, quantisation.
        bytes32 modelId;
        /// keccak256(salt ‖ encoded prompt).
        bytes32 promptCommit;
        /// keccak256 of the canonical sampling parameters.
        bytes32 paramsHash;
        /// Most prompt tokens that may be charged.
        uint32 maxIn;
        /// Most output tokens that may be made and charged.
        uint32 maxOut;
        uint96 feeCapWei;
        /// Seconds; no miner begins from then on.
        uint64 deadline;
        bytes32 userNonce;
        /// 0 open, 1 sealed, 2 private.
        uint8 privacy;
        /// Copies asked for, 1 … 7.
        uint8 redundancy;
    }

    bytes32 internal constant TASK_TYPEHASH = keccak256(
        "Task(uint32 account,bytes32 session,uint32 seq,bytes32 modelId,bytes32 promptCommit,bytes32 paramsHash,uint32 maxIn,uint32 maxOut,uint96 feeCapWei,uint64 deadline,bytes32 userNonce,uint8 privacy,uint8 redundancy)"
    );

    function hashTask(Task memory task) internal pure returns (bytes32) {
        return keccak256(abi.encode(TASK_TYPEHASH, task));
    }
}
