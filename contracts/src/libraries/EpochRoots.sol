// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { MerkleProof } from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @title EpochRoots
/// @notice What an attested root is of, and how a leaf is shown to be under it. `packages/protocol` has the same functions (`epochRoot`), bound by
/// `vectors/guards.json`.
library EpochRoots {
    /// The parts of a root of one kind, about one chain.
    struct EpochRoot {
        /// First epoch covered; below `epoch` it names a gap.
        uint64 fromEpoch;
        uint64 epoch;
        uint32 count;
        bytes32 merkleRoot;
    }

    string internal constant TAG = "root-v1";

    /// @notice What guards sign.
    function hashRoot(uint64 subjectChainId, uint8 kind, EpochRoot memory parts) internal pure returns (bytes32) {
        return keccak256(
            abi.encodePacked(TAG, subjectChainId, kind, parts.fromEpoch, parts.epoch, parts.count, parts.merkleRoot)
        );
    }

    /// @param packed The leaf's fields, big-endian, its key first.
    /// @param path Siblings from the leaf up.
    function isLeafOf(bytes32 merkleRoot, uint8 kind, bytes memory packed, bytes32[] memory path)
        internal
        pure
        returns (bool)
    {
        bytes32 leaf = keccak256(abi.encode(keccak256(abi.encodePacked(kind, packed))));
        return MerkleProof.verify(path, merkleRoot, leaf);
    }
}
