// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Hashes } from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import { IAnchors } from "../interfaces/IAnchors.sol";

/// @title AnchorTree
/// @notice The Merkle tree of an anchor: leaves in the order given, pairs hashed with the lower first, one without a partner goes up as it is.
library AnchorTree {
    /// @notice 128 bytes are hashed, where a node hashes 64.
    function leafOf(IAnchors.Leaf memory leaf) internal pure returns (bytes32) {
        return keccak256(abi.encode(leaf.chainId, leaf.kind, leaf.epoch, leaf.root));
    }

    /// @notice The root of at least one hash. Overwrites `level`.
    function rootOf(bytes32[] memory level) internal pure returns (bytes32) {
        for (uint256 count = level.length; count > 1; count = (count + 1) / 2) {
            for (uint256 i = 0; i < count; i += 2) {
                level[i / 2] = i + 1 == count ? level[i] : Hashes.commutativeKeccak256(level[i], level[i + 1]);
            }
        }
        return level[0];
    }
}
