// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IBeacons } from "../../interfaces/IBeacons.sol";
import { INodeWeights } from "../../interfaces/INodeWeights.sol";
import { IRouters } from "../../interfaces/IRouters.sol";
import { IStakeView } from "../../interfaces/IStakeView.sol";
import { Draws } from "../../libraries/Draws.sol";

/// @title NodeWeights
contract NodeWeights is INodeWeights {
    IRouters public immutable registry;
    IStakeView public immutable stakeView;
    IBeacons public immutable beacons;
    /// @notice Stake that carries one ticket beyond the free one.
    uint256 public immutable weiPerTicket;

    mapping(address node => Weight) internal _weights;
    /// @inheritdoc INodeWeights
    mapping(address owner => uint256) public extraOf;

    constructor(IRouters registry_, IStakeView stakeView_, IBeacons beacons_, uint256 weiPerTicket_) {
        registry = registry_;
        stakeView = stakeView_;
        beacons = beacons_;
        weiPerTicket = weiPerTicket_;
    }

    /// @inheritdoc INodeWeights
    function setWeight(address node, uint8 weight) external {
        address owner = registry.ownerOf(node);
        require(owner == msg.sender, NotNodeOwner(msg.sender, owner));
        require(weight >= 1 && weight <= Draws.WEIGHT_MAX, WeightOutOfRange(weight, Draws.WEIGHT_MAX));
        uint8 held = _weightOf(node);
        require(weight != held, WeightKnown(node, weight));
        uint256 until = _freshUntil(node);
        require(block.timestamp >= until, WeightTooFresh(until));
        uint256 extra = extraOf[owner] + weight - held;
        uint256 carried = carriedOf(owner);
        require(weight < held || extra <= carried, TicketsBeyondStake(extra, carried));
        _set(node, owner, weight, held);
    }

    /// @inheritdoc INodeWeights
    /// @dev At any time: also soon after another change, whose draws then go by the smaller weight. Else an owner could have one that it set
    /// in view of a beacon trimmed, so that it looked like the one before.
    function trim(address node) external {
        address owner = registry.ownerOf(node);
        uint256 carried = carriedOf(owner);
        require(extraOf[owner] > carried, TicketsWithinStake(extraOf[owner], carried));
        uint8 held = _weightOf(node);
        require(held > 1, WeightKnown(node, 1));
        uint8 before = _weights[node].before;
        bool isFresh = block.timestamp < _freshUntil(node);
        _set(node, owner, 1, held);
        if (isFresh && before < held) _weights[node].before = before;
    }

    /// @inheritdoc INodeWeights
    function weightBefore(address node, uint256 second) external view returns (uint8) {
        Weight memory held = _weights[node];
        uint8 weight = held.since < second ? held.weight : held.before;
        return weight == 0 ? 1 : weight;
    }

    /// @inheritdoc INodeWeights
    function carriedOf(address owner) public view returns (uint256) {
        return stakeView.stakeOf(owner) / weiPerTicket;
    }

    function _set(address node, address owner, uint8 weight, uint8 held) internal {
        extraOf[owner] = extraOf[owner] + weight - held;
        _weights[node] = Weight({ weight: weight, before: held, since: uint40(block.timestamp) });
        emit WeightSet(node, owner, weight);
    }

    /// Until when draws by the weight before the last change may be to come.
    function _freshUntil(address node) internal view returns (uint256) {
        uint256 since = _weights[node].since;
        return since == 0 ? 0 : since + (Draws.EPOCHS_AHEAD + 1) * beacons.epochSeconds();
    }

    function _weightOf(address node) internal view returns (uint8) {
        uint8 weight = _weights[node].weight;
        return weight == 0 ? 1 : weight;
    }
}
