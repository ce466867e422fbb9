// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { MerkleProof } from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @title Batches
/// @notice A node's Merkle batch: the EIP-712 hash that is signed, and how a leaf is shown to be in it.
library Batches {
    struct Batch {
        bytes32 root;
        uint32 count;
        uint64 sequence;
    }

    bytes32 internal constant BATCH_TYPEHASH = keccak256("Batch(bytes32 root,uint32 count,uint64 sequence)");

    function hashBatch(Batch memory batch) internal pure returns (bytes32) {
        return keccak256(abi.encode(BATCH_TYPEHASH, batch.root, batch.count, batch.sequence));
    }

    /// @param structHash EIP-712 `hashStruct` of an assignment, a result, a receipt …; its leaf is the keccak256 of it.
    function isLeafOf(bytes32 root, bytes32 structHash, bytes32[] memory path) internal pure returns (bool) {
        return MerkleProof.verify(path, root, keccak256(abi.encode(structHash)));
    }
}
