// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { RLP } from "@openzeppelin/contracts/utils/RLP.sol";
import { StakeProofs } from "../../src/libraries/StakeProofs.sol";

/// The state of a chain that has one account with two slots, and the header of its block.
library StateTree {
    error SharedNibble();

    function prove(address account, uint256 slot, uint256 first, uint256 second)
        internal
        pure
        returns (StakeProofs.Proof memory proof)
    {
        bytes memory one = slotLeaf(slot, first);
        bytes memory other = slotLeaf(slot + 1, second);
        bytes[] memory children = new bytes[](17);
        for (uint256 i = 0; i < 17; ++i) {
            children[i] = RLP.encode(bytes(""));
        }
        (uint256 at, uint256 behind) = (nibbleOf(slot), nibbleOf(slot + 1));
        if (at == behind) revert SharedNibble();
        children[at] = RLP.encode(keccak256(one));
        children[behind] = RLP.encode(keccak256(other));
        bytes memory branch = RLP.encode(children);
        proof.pool = pathOf(branch, one);
        proof.sequence = pathOf(branch, other);
        proof.account = new bytes[](1);
        proof.account[0] = accountLeaf(account, keccak256(branch));
        proof.header = headerOf(keccak256(proof.account[0]));
    }

    function headerOf(bytes32 stateRoot) internal pure returns (bytes memory) {
        bytes[] memory fields = new bytes[](16);
        for (uint256 i = 0; i < 16; ++i) {
            fields[i] = RLP.encode(uint256(i));
        }
        fields[3] = RLP.encode(stateRoot);
        return RLP.encode(fields);
    }

    function slotKey(uint256 slot) internal pure returns (bytes32) {
        return keccak256(abi.encode(slot));
    }

    function nibbleOf(uint256 slot) internal pure returns (uint256) {
        return uint256(slotKey(slot)) >> 252;
    }

    /// Under a branch: 63 nibbles are left of the path.
    function slotLeaf(uint256 slot, uint256 value) internal pure returns (bytes memory) {
        uint256 key = uint256(slotKey(slot));
        bytes[] memory parts = new bytes[](2);
        parts[0] = RLP.encode(bytes32(uint256(0x3) << 252 | (key & (type(uint256).max >> 4))));
        parts[1] = RLP.encode(RLP.encode(value));
        return RLP.encode(parts);
    }

    function accountLeaf(address account, bytes32 storageRoot) internal pure returns (bytes memory) {
        bytes[] memory fields = new bytes[](4);
        (fields[0], fields[1]) = (RLP.encode(uint256(1)), RLP.encode(uint256(0)));
        (fields[2], fields[3]) = (RLP.encode(storageRoot), RLP.encode(keccak256("code")));
        bytes[] memory parts = new bytes[](2);
        parts[0] = RLP.encode(abi.encodePacked(hex"20", keccak256(abi.encodePacked(account))));
        parts[1] = RLP.encode(RLP.encode(fields));
        return RLP.encode(parts);
    }

    function pathOf(bytes memory branch, bytes memory leaf) internal pure returns (bytes[] memory nodes) {
        nodes = new bytes[](2);
        (nodes[0], nodes[1]) = (branch, leaf);
    }
}
