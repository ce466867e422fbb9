// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IPrekeys
/// @notice What miners' and guards' prekey bundles hash to, by prekey epoch: a client seals to no bundle that isn't here.
/// @dev Nobody has any power here but a node and its owner, over their own node's hashes. One that is posted stands for good: whoever takes
/// a node's keys later can't put another in its place.
interface IPrekeys {
    event PrekeyPosted(address indexed node, uint64 indexed prekeyEpoch, bytes32 bundleHash);

    error PrekeySecondsZero();
    error BundleHashZero();
    error NotSealedTo(address node);
    error NotNodeOrOwner(address caller, address node);
    error PrekeyEpochEarly(uint64 prekeyEpoch, uint256 allowedAt);
    error PrekeyEpochPast(uint64 prekeyEpoch, uint64 current);
    error PrekeyKnown(address node, uint64 prekeyEpoch);

    /// @notice Posts the hash of a node's bundle, once for each prekey epoch. Only the node's key or its owner, while it is an active miner or guard.
    /// @param prekeyEpoch The one that runs, or in its last quarter (inclusive) the next.
    /// @param bundleHash `keccak256` of the bundle's encoding; not zero.
    function post(address node, uint64 prekeyEpoch, bytes32 bundleHash) external;

    /// @notice The hash of a node's bundle of one prekey epoch, whenever it was; zero where none was posted.
    function hashOf(address node, uint64 prekeyEpoch) external view returns (bytes32 bundleHash);

    /// @notice What a node opens now: its bundles' hashes of the current prekey epoch, the one before it, and the one before that. Zero where none was posted.
    function acceptedOf(address node) external view returns (uint64 current, bytes32[3] memory bundleHashes);

    /// @notice When prekey epoch 0 began, in seconds of chain time.
    function t0() external view returns (uint64);

    /// @notice How long each lasts.
    function prekeySeconds() external view returns (uint64);

    /// @notice The prekey epoch that runs.
    function currentEpoch() external view returns (uint64);
}
