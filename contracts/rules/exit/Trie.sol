// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { RLP } from "@openzeppelin/contracts/utils/RLP.sol";

/// A Merkle-Patricia trie of hashed keys, and the nodes that `eth_getProof` would show of it: whether a key is there or not.
library Trie {
    struct Entry {
        /// The hash of what is looked up.
        bytes32 key;
        /// As a leaf has it.
        bytes value;
    }

    bytes32 internal constant EMPTY_ROOT = keccak256(hex"80");

    function rootOf(Entry[] memory entries) internal pure returns (bytes32) {
        if (entries.length == 0) return EMPTY_ROOT;
        sort(entries);
        return keccak256(_node(entries, 0, entries.length, 0));
    }

    /// From the root as far as the key's path goes.
    function prove(Entry[] memory entries, bytes32 key) internal pure returns (bytes[] memory nodes) {
        sort(entries);
        bytes[] memory found = new bytes[](65);
        uint256 count = 0;
        (uint256 low, uint256 high, uint256 depth) = (0, entries.length, 0);
        while (high > low) {
            found[count++] = _node(entries, low, high, depth);
            if (high - low == 1) break;
            uint256 shared = _shared(entries[low].key, entries[high - 1].key, depth);
            if (shared > depth) {
                if (_shared(entries[low].key, key, depth) < shared) break;
                found[count++] = _node(entries, low, high, shared);
            }
            uint256 nibble = _nibble(key, shared);
            while (low < high && _nibble(entries[low].key, shared) < nibble) ++low;
            uint256 end = low;
            while (end < high && _nibble(entries[end].key, shared) == nibble) ++end;
            (high, depth) = (end, shared + 1);
        }
        nodes = new bytes[](count);
        for (uint256 i = 0; i < count; ++i) {
            nodes[i] = found[i];
        }
    }

    function sort(Entry[] memory entries) internal pure {
        for (uint256 i = 1; i < entries.length; ++i) {
            for (uint256 j = i; j > 0 && entries[j].key < entries[j - 1].key; --j) {
                (entries[j], entries[j - 1]) = (entries[j - 1], entries[j]);
            }
        }
    }

    function _node(Entry[] memory entries, uint256 low, uint256 high, uint256 depth)
        private
        pure
        returns (bytes memory)
    {
        bytes32 key = entries[low].key;
        if (high - low == 1) return _pair(key, depth, 64, true, RLP.encode(entries[low].value));
        uint256 shared = _shared(key, entries[high - 1].key, depth);
        if (shared > depth) {
            return _pair(key, depth, shared, false, RLP.encode(keccak256(_node(entries, low, high, shared))));
        }
        bytes[] memory children = new bytes[](17);
        uint256 at = low;
        for (uint256 nibble = 0; nibble < 16; ++nibble) {
            uint256 end = at;
            while (end < high && _nibble(entries[end].key, depth) == nibble) ++end;
            children[nibble] =
                end == at ? RLP.encode(bytes("")) : RLP.encode(keccak256(_node(entries, at, end, depth + 1)));
            at = end;
        }
        children[16] = RLP.encode(bytes(""));
        return RLP.encode(children);
    }

    /// A leaf or an extension: its part of the path, packed, and what is behind it.
    function _pair(bytes32 key, uint256 from, uint256 to, bool isLeaf, bytes memory behind)
        private
        pure
        returns (bytes memory)
    {
        uint256 length = to - from;
        uint256 odd = length % 2;
        bytes memory path = new bytes(length / 2 + 1);
        path[0] = bytes1(uint8((isLeaf ? 0x20 : 0) + (odd == 1 ? 0x10 + _nibble(key, from) : 0)));
        for (uint256 i = 0; i < length / 2; ++i) {
            uint256 at = from + odd + 2 * i;
            path[i + 1] = bytes1(uint8(_nibble(key, at) << 4 | _nibble(key, at + 1)));
        }
        bytes[] memory parts = new bytes[](2);
        (parts[0], parts[1]) = (RLP.encode(path), behind);
        return RLP.encode(parts);
    }

    function _shared(bytes32 one, bytes32 other, uint256 from) private pure returns (uint256 at) {
        at = from;
        while (at < 64 && _nibble(one, at) == _nibble(other, at)) ++at;
    }

    function _nibble(bytes32 key, uint256 at) private pure returns (uint256) {
        return uint256(key) >> (252 - 4 * at) & 0xf;
    }
}
