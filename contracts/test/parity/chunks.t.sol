// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Chunks } from "../../src/libraries/Chunks.sol";
import { Network } from "../support/Network.sol";

/// The golden vectors of settlement sets: what an operator publishes is what a challenge can ask for.
contract ChunksParityTest is Network {
    string internal sets = vm.readFile("packages/protocol/vectors/settlementSet.json");

    function isChunkAt(bytes32 root, uint256 count, uint256 index, bytes calldata chunk, bytes32[] calldata path)
        external
        pure
        returns (bool)
    {
        return Chunks.isChunkAt(root, count, index, chunk, path);
    }

    function test_ProvesEveryChunkOfTheVectorsAtItsPlaceAlone() public view {
        uint256 chunks = 0;
        for (uint256 i = 0; i < 16; ++i) {
            string memory set = string.concat("[", vm.toString(i), "]");
            if (!vm.keyExistsJson(sets, set)) break;
            chunks += checkSet(set);
        }
        assertTrue(chunks >= 7, "there are chunks");
    }

    function checkSet(string memory set) internal view returns (uint256 count) {
        bytes32 root = vm.parseJsonBytes32(sets, string.concat(set, ".root"));
        while (vm.keyExistsJson(sets, at(set, "chunks", count))) {
            count += 1;
        }
        bytes32 settled = vm.parseJsonBytes32(sets, string.concat(set, ".settlementRoot"));
        assertEq(Chunks.settlementRoot(uint32(count), root), settled, "settlementRoot");
        for (uint256 i = 0; i < count; ++i) {
            bytes memory chunk = vm.parseJsonBytes(sets, at(set, "chunks", i));
            bytes32[] memory path = vm.parseJsonBytes32Array(sets, at(set, "paths", i));
            assertTrue(chunk.length <= Chunks.CHUNK_BYTES_MAX, "no longer than an answer carries");
            for (uint256 j = 0; j <= count; ++j) {
                assertTrue(this.isChunkAt(root, count, j, chunk, path) == (i == j), "at its place alone");
            }
        }
    }

    function at(string memory set, string memory field, uint256 index) internal pure returns (string memory) {
        return string.concat(set, ".", field, "[", vm.toString(index), "]");
    }
}
