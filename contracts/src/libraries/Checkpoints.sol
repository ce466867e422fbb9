// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Checkpoints
/// @notice A router's word that a miner works on a task and at what price, and its word how far it got.
library Checkpoints {
    /// A leaf of a router's batch.
    struct Assignment {
        bytes32 taskId;
        address miner;
        uint8 replica;
        uint16 segment;
        /// First output position that this miner signs.
        uint32 from;
        bytes32 kernelClass;
        uint64 epoch;
        uint64 expires;
        uint96 weiPerTokenIn;
        uint96 weiPerTokenOut;
    }

    /// A leaf of a router's batch.
    struct Acknowledgement {
        bytes32 taskId;
        address miner;
        uint8 replica;
        uint16 segment;
        /// Output tokens covered.
        uint32 position;
        bytes32 tokenRoot;
    }

    bytes32 internal constant ASSIGNMENT_TYPEHASH = keccak256(
        "Assignment(bytes32 taskId,address miner,uint8 replica,uint16 segment,uint32 from,bytes32 kernelClass,uint64 epoch,uint64 expires,uint96 weiPerTokenIn,uint96 weiPerTokenOut)"
    );
    bytes32 internal constant ACKNOWLEDGEMENT_TYPEHASH = keccak256(
        "Acknowledgement(bytes32 taskId,address miner,uint8 replica,uint16 segment,uint32 position,bytes32 tokenRoot)"
    );

    /// @notice Output tokens between two checkpoints of a stream.
    uint256 internal constant CHECKPOINT_TOKENS = 32;

    error AcknowledgementForeign(bytes32 assignedHash, bytes32 acknowledgedHash);

    function hashAssignment(Assignment memory assignment) internal pure returns (bytes32) {
        return keccak256(abi.encode(ASSIGNMENT_TYPEHASH, assignment));
    }

    function hashAcknowledgement(Acknowledgement memory acknowledgement) internal pure returns (bytes32) {
        return keccak256(abi.encode(ACKNOWLEDGEMENT_TYPEHASH, acknowledgement));
    }

    /// @notice What the acknowledged output tokens cost, before the splits, at least. The prompt is not in it: only a receipt
    /// says whom it is paid to.
    /// @dev A successor feeds again what its predecessor's last checkpoint did not cover, which nobody pays: fewer tokens than
    /// lie between two checkpoints. They are left out.
    function acknowledgedWei(Assignment memory assignment, Acknowledgement memory acknowledgement)
        internal
        pure
        returns (uint256)
    {
        bytes32 assigned = _place(assignment.taskId, assignment.miner, assignment.replica, assignment.segment);
        bytes32 acknowledged =
            _place(acknowledgement.taskId, acknowledgement.miner, acknowledgement.replica, acknowledgement.segment);
        require(assigned == acknowledged, AcknowledgementForeign(assigned, acknowledged));
        uint256 from = assignment.from + (assignment.segment == 0 ? 0 : CHECKPOINT_TOKENS - 1);
        if (acknowledgement.position <= from) return 0;
        return (acknowledgement.position - from) * assignment.weiPerTokenOut;
    }

    function _place(bytes32 taskId, address miner, uint8 replica, uint16 segment) private pure returns (bytes32) {
        return keccak256(abi.encode(taskId, miner, replica, segment));
    }
}
