// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IPrekeys } from "../interfaces/IPrekeys.sol";
import { IRegistry } from "../interfaces/IRegistry.sol";

/// @title Prekeys
contract Prekeys is IPrekeys {
    uint8 internal constant ROLE_MINER = 2;
    uint8 internal constant ROLE_GUARD = 4;
    /// @notice The next epoch's bundle may be posted in this part of the current one.
    uint256 internal constant LEAD_PARTS = 4;
    /// @notice The current epoch's bundle, and those of the two before it.
    uint256 internal constant ACCEPTED = 3;

    IRegistry public immutable registry;
    /// @inheritdoc IPrekeys
    uint64 public immutable t0;
    /// @inheritdoc IPrekeys
    uint64 public immutable prekeySeconds;

    mapping(address node => mapping(uint64 prekeyEpoch => bytes32)) internal _hashes;

    constructor(IRegistry registry_, uint64 t0_, uint64 prekeySeconds_) {
        require(prekeySeconds_ != 0, PrekeySecondsZero());
        registry = registry_;
        t0 = t0_;
        prekeySeconds = prekeySeconds_;
    }

    /// @inheritdoc IPrekeys
    function post(address node, uint64 prekeyEpoch, bytes32 bundleHash) external {
        require(bundleHash != 0, BundleHashZero());
        IRegistry.Node memory registered = registry.nodeOf(node);
        bool isActive = registered.owner != address(0) && registered.leftAt == 0;
        require(isActive && registered.details.roles & (ROLE_MINER | ROLE_GUARD) != 0, NotSealedTo(node));
        require(msg.sender == node || msg.sender == registered.owner, NotNodeOrOwner(msg.sender, node));
        _checkTime(prekeyEpoch);
        require(_hashes[node][prekeyEpoch] == 0, PrekeyKnown(node, prekeyEpoch));
        _hashes[node][prekeyEpoch] = bundleHash;
        emit PrekeyPosted(node, prekeyEpoch, bundleHash);
    }

    /* VIEWS */

    /// @inheritdoc IPrekeys
    function hashOf(address node, uint64 prekeyEpoch) external view returns (bytes32 bundleHash) {
        return _hashes[node][prekeyEpoch];
    }

    /// @inheritdoc IPrekeys
    function acceptedOf(address node) external view returns (uint64 current, bytes32[3] memory bundleHashes) {
        current = currentEpoch();
        for (uint64 age = 0; age < ACCEPTED && age <= current; ++age) {
            bundleHashes[age] = _hashes[node][current - age];
        }
    }

    /// @inheritdoc IPrekeys
    function currentEpoch() public view returns (uint64) {
        return block.timestamp < t0 ? 0 : uint64((block.timestamp - t0) / prekeySeconds);
    }

    /* INTERNAL */

    function _checkTime(uint64 prekeyEpoch) internal view {
        uint64 current = currentEpoch();
        require(prekeyEpoch >= current, PrekeyEpochPast(prekeyEpoch, current));
        if (prekeyEpoch == current) return;
        uint256 allowedAt = t0 + uint256(prekeyEpoch) * prekeySeconds - prekeySeconds / LEAD_PARTS;
        require(block.timestamp >= allowedAt, PrekeyEpochEarly(prekeyEpoch, allowedAt));
    }
}
