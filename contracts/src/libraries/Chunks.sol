// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Chunks
/// @notice A settlement set in pieces of at most 4 KiB, under one root by position.
library Chunks {
    /// @notice What one answer must be able to carry.
    uint256 internal constant CHUNK_BYTES_MAX = 4_096;

    /// @notice What a settlement carries: the number of its set's chunks, bound to their Merkle root.
    function settlementRoot(uint32 count, bytes32 root) internal pure returns (bytes32) {
        return keccak256(abi.encode(count, root));
    }

    /// @notice Whether `chunk` is the one at `index` of `count` under `root`. Leaves are keccak256(chunk), a parent is
    /// keccak256(left ‖ right), an odd node moves up unchanged.
    /// @param path Siblings from the leaf up, none where there is none.
    function isChunkAt(bytes32 root, uint256 count, uint256 index, bytes calldata chunk, bytes32[] calldata path)
        internal
        pure
        returns (bool)
    {
        if (index >= count) return false;
        bytes32 node = keccak256(chunk);
        uint256 used = 0;
        for (uint256 width = count; width > 1; width = (width + 1) / 2) {
            if (index != width - 1 || index % 2 == 1) {
                if (used == path.length) return false;
                bytes32 sibling = path[used];
                node = index % 2 == 0
                    ? keccak256(abi.encodePacked(node, sibling))
                    : keccak256(abi.encodePacked(sibling, node));
                used += 1;
            }
            index /= 2;
        }
        return used == path.length && node == root;
    }
}
