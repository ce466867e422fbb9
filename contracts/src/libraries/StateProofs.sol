// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Memory } from "@openzeppelin/contracts/utils/Memory.sol";
import { RLP } from "@openzeppelin/contracts/utils/RLP.sol";
import { TrieProof } from "@openzeppelin/contracts/utils/cryptography/TrieProof.sol";

/// @title StateProofs
/// @notice What a chain's state holds, or doesn't, under a state root: out of `eth_getProof`.
library StateProofs {
    using Memory for bytes;
    using Memory for Memory.Slice;
    using RLP for Memory.Slice;
    using RLP for bytes;

    /// @notice A path of 64 nibbles has no more nodes, and the root.
    uint256 internal constant NODES_MAX = 65;
    /// @notice A node of 17 hashes has 532.
    uint256 internal constant NODE_BYTES_MAX = 1_024;
    uint256 internal constant BRANCH_ITEMS = 17;
    uint256 internal constant NIBBLES = 64;
    /// Of a storage that has nothing: keccak256 of RLP's empty string.
    bytes32 internal constant EMPTY_ROOT = 0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421;

    error NodesTooMany(uint256 nodes, uint256 most);
    error NodeTooLong(uint256 bytesGiven, uint256 bytesMax);
    /// @notice The nodes don't lead from the root to where the slot would be, or the slot is there.
    error NotAbsent(uint256 slot);

    /// @notice Coins of an account that is there, in wei.
    function coinsOf(bytes32 stateRoot, address account, bytes[] calldata nodes) internal pure returns (uint256) {
        return _accountOf(stateRoot, account, nodes)[1].readUint256();
    }

    /// @notice Under which the slots of an account lie that is there.
    function storageRootOf(bytes32 stateRoot, address account, bytes[] calldata nodes) internal pure returns (bytes32) {
        return _accountOf(stateRoot, account, nodes)[2].readBytes32();
    }

    /// @notice What a slot has that isn't zero. Zero has no proof: see `requireAbsent`.
    function wordAt(bytes32 storageRoot, uint256 slot, bytes[] calldata nodes) internal pure returns (uint256) {
        _bound(nodes);
        bytes memory key = abi.encodePacked(keccak256(abi.encode(slot)));
        return TrieProof.traverse(storageRoot, key, nodes).decodeUint256();
    }

    /// @notice That a slot is zero: the nodes lead from the root to where the trie has nothing, or another key, in its place.
    /// @dev Every node is one by its hash. One that lies within another, which keys of 32 bytes make only by a collision of 56 bits, is refused.
    function requireAbsent(bytes32 storageRoot, uint256 slot, bytes[] calldata nodes) internal pure {
        _bound(nodes);
        if (storageRoot == EMPTY_ROOT) return;
        bytes32 key = keccak256(abi.encode(slot));
        bytes32 expected = storageRoot;
        uint256 at = 0;
        for (uint256 i = 0; i < nodes.length; ++i) {
            bytes memory node = nodes[i];
            require(keccak256(node) == expected, NotAbsent(slot));
            Memory.Slice[] memory items = node.decodeList();
            Memory.Slice next;
            if (items.length == BRANCH_ITEMS) {
                require(at < NIBBLES, NotAbsent(slot));
                next = items[_nibble(key, at)];
                at += 1;
                // RLP's empty string: no child.
                if (next.length() == 1) return;
            } else {
                require(items.length == 2, NotAbsent(slot));
                (bool isSame, bool isLeaf, uint256 behind) = _follow(items[0].readBytes(), key, at);
                if (!isSame) return;
                require(!isLeaf, NotAbsent(slot));
                (next, at) = (items[1], behind);
            }
            require(next.length() == 33, NotAbsent(slot));
            expected = next.readBytes32();
        }
        revert NotAbsent(slot);
    }

    /// Nonce, coins, storage root, code's hash.
    function _accountOf(bytes32 stateRoot, address account, bytes[] calldata nodes)
        private
        pure
        returns (Memory.Slice[] memory)
    {
        _bound(nodes);
        bytes memory key = abi.encodePacked(keccak256(abi.encodePacked(account)));
        return TrieProof.traverse(stateRoot, key, nodes).decodeList();
    }

    /// Goes along a leaf's or an extension's part of the path, which is packed in nibbles behind what kind it is.
    function _follow(bytes memory path, bytes32 key, uint256 at)
        private
        pure
        returns (bool isSame, bool isLeaf, uint256 behind)
    {
        uint8 kind = uint8(path[0]) >> 4;
        isLeaf = kind & 2 != 0;
        behind = at;
        for (uint256 i = kind & 1 != 0 ? 1 : 2; i < path.length * 2; ++i) {
            uint8 part = uint8(path[i / 2]);
            uint256 nibble = i % 2 == 0 ? part >> 4 : part & 0xf;
            if (behind >= NIBBLES || nibble != _nibble(key, behind)) return (false, isLeaf, behind);
            behind += 1;
        }
        isSame = true;
    }

    function _nibble(bytes32 key, uint256 at) private pure returns (uint256) {
        return uint256(key) >> (252 - 4 * at) & 0xf;
    }

    function _bound(bytes[] calldata nodes) private pure {
        require(nodes.length <= NODES_MAX, NodesTooMany(nodes.length, NODES_MAX));
        for (uint256 i = 0; i < nodes.length; ++i) {
            require(nodes[i].length <= NODE_BYTES_MAX, NodeTooLong(nodes[i].length, NODE_BYTES_MAX));
        }
    }
}
