// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IGuardSets } from "../../interfaces/IGuardSets.sol";
import { IJudges } from "../../interfaces/IJudges.sol";
import { INodePool } from "../../interfaces/INodePool.sol";
import { INodeWeights } from "../../interfaces/INodeWeights.sol";
import { IRegistry } from "../../interfaces/IRegistry.sol";
import { Draws } from "../../libraries/Draws.sol";
import { GuardMembers } from "../../libraries/GuardMembers.sol";
import { LevelRules } from "../../libraries/LevelRules.sol";
import { NodeLives } from "../../libraries/NodeLives.sol";
import { StoredBytes } from "../../libraries/StoredBytes.sol";

/// @title Judges
contract Judges is IJudges {
    using GuardMembers for bytes;
    using NodeLives for NodeLives.Life;
    using NodeLives for NodeLives.State;

    /// Any of miner and guard.
    uint8 internal constant JUDGING_ROLES = 6;

    IRegistry public immutable registry;
    INodeWeights public immutable weights;
    INodePool public immutable pool;
    IGuardSets public immutable guardSets;

    constructor(IRegistry registry_, INodeWeights weights_, INodePool pool_, IGuardSets guardSets_) {
        registry = registry_;
        weights = weights_;
        pool = pool_;
        guardSets = guardSets_;
    }

    /// @inheritdoc IJudges
    function isAble(address node, bytes32 kernelClass, Draws.Window calldata window, bool mustValidate)
        external
        view
        returns (bool)
    {
        if (!_isOfClass(node, kernelClass) || !_isStaked(node, window.fixedAt) || guardSets.isFrozen(node)) return false;
        NodeLives.Life memory life = pool.lifeNow(node);
        if (!life.state.isOneOf(NodeLives.HEARD_OF) || life.activeSince >= window.fixedAt) return false;
        return !mustValidate || LevelRules.mayValidate(life.levelAt(block.timestamp)) || _isGuard(node, window.epoch);
    }

    function _isOfClass(address node, bytes32 kernelClass) internal view returns (bool) {
        IRegistry.NodeDetails memory details = registry.nodeOf(node).details;
        return registry.isVerified(node) && details.kernelClass == kernelClass && details.roles & JUDGING_ROLES != 0;
    }

    /// It had a ticket that its owner's stake carries, and the stake still carries all that the owner gave.
    function _isStaked(address node, uint256 fixedAt) internal view returns (bool) {
        address owner = registry.ownerOf(node);
        return weights.weightBefore(node, fixedAt) > 1 && weights.extraOf(owner) <= weights.carriedOf(owner);
    }

    function _isGuard(address node, uint64 epoch) internal view returns (bool isGuard) {
        (address members,) = guardSets.storedSetAt(epoch);
        (isGuard,) = StoredBytes.read(members).find(node);
    }
}
