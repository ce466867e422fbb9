// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { BlockHeader } from "@openzeppelin/contracts/utils/BlockHeader.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { Pools } from "./Pools.sol";
import { StateProofs } from "./StateProofs.sol";

/// @title StakeProofs
/// @notice What a `StakeVault` held for an operator in a block, out of `eth_getProof`. Proves what is there: an operator whose slots are zero has no
/// proof, and is told of by message.
library StakeProofs {
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

    error HeaderTooLong(uint256 bytesGiven, uint256 bytesMax);

    /// @notice Stake in force and its sequence, as `StakeVault.stakeOf` would have said it in that block.
    function read(address vault, address operator, Proof calldata proof)
        internal
        pure
        returns (uint256 stakedWei, uint64 sequence)
    {
        require(proof.header.length <= HEADER_BYTES_MAX, HeaderTooLong(proof.header.length, HEADER_BYTES_MAX));
        bytes32 storageRoot = StateProofs.storageRootOf(BlockHeader.getStateRoot(proof.header), vault, proof.account);
        uint256 slot = uint256(keccak256(abi.encode(operator, STAKES_SLOT)));
        uint256 pool = StateProofs.wordAt(storageRoot, slot, proof.pool);
        uint256 rest = StateProofs.wordAt(storageRoot, slot + 1, proof.sequence);
        (uint256 heldWei, uint256 shares) = (uint128(pool), pool >> 128);
        uint256 staked = shares - uint128(rest);
        sequence = uint64(rest >> 128);
        stakedWei = Math.mulDiv(staked, heldWei + Pools.VIRTUAL_WEI, shares + Pools.VIRTUAL_SHARES);
    }
}
