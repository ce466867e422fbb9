// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { RLP } from "@openzeppelin/contracts/utils/RLP.sol";
import { StateProofs } from "../../src/libraries/StateProofs.sol";
import { Assertions } from "../../test/support/Assertions.sol";
import { Trie } from "./Trie.sol";

contract StateProofsTest is Assertions {
    function wordAt(bytes32 root, uint256 slot, bytes[] calldata nodes) external pure returns (uint256) {
        return StateProofs.wordAt(root, slot, nodes);
    }

    function requireAbsent(bytes32 root, uint256 slot, bytes[] calldata nodes) external pure {
        StateProofs.requireAbsent(root, slot, nodes);
    }

    function someEntries(uint256 seed, uint256 count) internal pure returns (Trie.Entry[] memory entries) {
        entries = new Trie.Entry[](count);
        for (uint256 i = 0; i < count; ++i) {
            entries[i] = Trie.Entry(keyOf(slotOf(seed, i)), RLP.encode(valueOf(seed, i)));
        }
    }

    function slotOf(uint256 seed, uint256 index) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, index)));
    }

    function valueOf(uint256 seed, uint256 index) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, index, "value"))) >> (8 * (index % 32));
    }

    function keyOf(uint256 slot) internal pure returns (bytes32) {
        return keccak256(abi.encode(slot));
    }

    function isAbsent(bytes32 root, uint256 slot, bytes[] memory nodes) internal view returns (bool ok) {
        (ok,) = address(this).staticcall(abi.encodeCall(this.requireAbsent, (root, slot, nodes)));
    }

    /// What is there proves what it is and not that it isn't; what isn't there the other way round.
    function testFuzz_ASlotIsThereOrAbsentAndNeverBoth(uint256 seed, uint256 count, uint256 which) public view {
        count = bound(count, 0, 24);
        Trie.Entry[] memory entries = someEntries(seed, count);
        bytes32 root = Trie.rootOf(entries);
        uint256 other = slotOf(seed, 1_000 + which % 1_000);
        assertTrue(isAbsent(root, other, Trie.prove(entries, keyOf(other))), "absent");
        if (count == 0) return;
        which = which % count;
        uint256 slot = slotOf(seed, which);
        bytes[] memory nodes = Trie.prove(entries, keyOf(slot));
        assertEq(this.wordAt(root, slot, nodes), valueOf(seed, which), "there");
        for (uint256 length = 0; length <= nodes.length; ++length) {
            bytes[] memory part = new bytes[](length);
            for (uint256 i = 0; i < length; ++i) {
                part[i] = nodes[i];
            }
            assertTrue(!isAbsent(root, slot, part), "not absent by any part of its path");
        }
    }

    /// Nor by another slot's nodes, whole or changed.
    function testFuzz_NobodysNodesMakeASlotAbsentThatIsThere(uint256 seed, uint256 count, uint256 flip) public view {
        count = bound(count, 1, 12);
        Trie.Entry[] memory entries = someEntries(seed, count);
        bytes32 root = Trie.rootOf(entries);
        uint256 slot = slotOf(seed, flip % count);
        for (uint256 i = 0; i < 8; ++i) {
            bytes[] memory nodes = Trie.prove(entries, keyOf(slotOf(seed, i * 7)));
            assertTrue(!isAbsent(root, slot, nodes), "another's path");
            bytes memory node = nodes[flip % nodes.length];
            node[flip % node.length] ^= 0x01;
            assertTrue(!isAbsent(root, slot, nodes), "a changed node");
        }
    }

    function testFuzz_AChangedNodeProvesNothing(uint256 seed, uint256 count, uint256 at, uint8 flip) public view {
        count = bound(count, 1, 12);
        Trie.Entry[] memory entries = someEntries(seed, count);
        bytes32 root = Trie.rootOf(entries);
        uint256 slot = slotOf(seed, 0);
        bytes[] memory nodes = Trie.prove(entries, keyOf(slot));
        bytes memory node = nodes[at % nodes.length];
        node[at % node.length] ^= bytes1(uint8(bound(flip, 1, 255)));
        (bool ok,) = address(this).staticcall(abi.encodeCall(this.wordAt, (root, slot, nodes)));
        assertTrue(!ok, "refused");
    }
}
