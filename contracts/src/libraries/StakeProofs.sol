// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { BlockHeader } from "@openzeppelin/contracts/utils/BlockHeader.sol";
import { Memory } from "@openzeppelin/contracts/utils/Memory.sol";
import { RLP } from "@openzeppelin/contracts/utils/RLP.sol";
import { TrieProof } from "@openzeppelin/contracts/utils/cryptography/TrieProof.sol";
import { Pools } from "./Pools.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title StakeProofs
/// @notice What a `StakeVault` held for an operator in a block, out of `eth_getProof`. Proves what is there: an operator whose slots are zero has no
/// proof, and is told of by message.
library StakeProofs {
    using RLP for Memory.Slice;
    using RLP for bytes;

    /// One operator's stake in one block.
    struct Proof {
        /// The block's header, RLP.
        bytes header;
        /// Nodes from the state's root to the vault's account.
        bytes[] account;
        /// Nodes from the vault's storage root to the pool, and to the slot behind it.
        bytes[] pool;
        bytes[] sequence;
    }

    /// @notice Slot of `StakeVault._stakes`. A test reads a real vault by it.
    uint256 internal constant STAKES_SLOT = 5;
    /// @notice A block's header has less, whatever its extra data.
    uint256 internal constant HEADER_BYTES_MAX = 2_048;
    /// @notice A path of 64 nibbles has no more nodes, and the root.
    uint256 internal constant NODES_MAX = 65;
    /// @notice A node of 17 hashes has 532.
    uint256 internal constant NODE_BYTES_MAX = 1_024;

    error HeaderTooLong(uint256 bytesGiven, uint256 bytesMax);
    error NodesTooMany(uint256 nodes, uint256 most);
    error NodeTooLong(uint256 bytesGiven, uint256 bytesMax);

    /// @notice Stake in force and its sequence, as `StakeVault.stakeOf` would have said it in that block.
    function read(address vault, address operator, Proof calldata proof)
        internal
        pure
        returns (uint256 stakedWei, uint64 sequence)
    {
        bytes32 storageRoot = _storageRootOf(vault, proof);
        uint256 slot = uint256(keccak256(abi.encode(operator, STAKES_SLOT)));
        uint256 pool = _wordAt(storageRoot, slot, proof.pool);
        uint256 rest = _wordAt(storageRoot, slot + 1, proof.sequence);
        (uint256 heldWei, uint256 shares) = (uint128(pool), pool >> 128);
        uint256 staked = shares - uint128(rest);
        sequence = uint64(rest >> 128);
        stakedWei = Math.mulDiv(staked, heldWei + Pools.VIRTUAL_WEI, shares + Pools.VIRTUAL_SHARES);
    }

    function _storageRootOf(address vault, Proof calldata proof) private pure returns (bytes32) {
        require(proof.header.length <= HEADER_BYTES_MAX, HeaderTooLong(proof.header.length, HEADER_BYTES_MAX));
        bytes32 stateRoot = BlockHeader.getStateRoot(proof.header);
        _bound(proof.account);
        bytes memory key = abi.encodePacked(keccak256(abi.encodePacked(vault)));
        bytes memory account = TrieProof.traverse(stateRoot, key, proof.account);
        // Nonce, balance, storage root, code hash.
        return account.decodeList()[2].readBytes32();
    }

    function _wordAt(bytes32 storageRoot, uint256 slot, bytes[] calldata nodes) private pure returns (uint256) {
        _bound(nodes);
        bytes memory key = abi.encodePacked(keccak256(abi.encode(slot)));
        return TrieProof.traverse(storageRoot, key, nodes).decodeUint256();
    }

    function _bound(bytes[] calldata nodes) private pure {
        require(nodes.length <= NODES_MAX, NodesTooMany(nodes.length, NODES_MAX));
        for (uint256 i = 0; i < nodes.length; ++i) {
            require(nodes[i].length <= NODE_BYTES_MAX, NodeTooLong(nodes[i].length, NODE_BYTES_MAX));
        }
    }
}
