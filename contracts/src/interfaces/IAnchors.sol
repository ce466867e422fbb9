// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IReceiver } from "./IReceiver.sol";

/// @title IAnchors
/// @notice Roots of what guards attested on the L2, about it and about every L3, on the L1: each anchor is the root of many, written once and never again.
/// Nobody has any power here.
interface IAnchors is IReceiver {
    /// What the anchors reach to.
    struct Last {
        /// The highest number that came.
        uint64 number;
        /// One more than the last epoch anchored of the L2; 0 before the first.
        uint64 l2Epochs;
        /// The same of whichever L3 is furthest.
        uint64 l3Epochs;
    }

    /// One attested root.
    struct Leaf {
        /// The chain that it speaks about.
        uint64 chainId;
        uint8 kind;
        uint64 epoch;
        bytes32 root;
    }

    event Anchored(uint64 indexed number, bytes32 root, uint64 l2Epochs, uint64 l3Epochs, bytes32 guardSetHash);

    error NotMessenger(address caller);
    error NotSender(uint64 src, address from);

    /// @notice The root of an anchor; zero when none came under that number.
    function rootOf(uint64 number) external view returns (bytes32);

    function last() external view returns (Last memory);

    /// @notice Hash of the L2's guard set, by the newest anchor.
    function guardSetHash() external view returns (bytes32);

    /// @notice Whether an anchor has a leaf.
    /// @param path Siblings from the leaf up.
    function isAnchored(uint64 number, Leaf calldata leaf, bytes32[] calldata path) external view returns (bool);
}
