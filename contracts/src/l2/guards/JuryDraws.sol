// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { IBeacons } from "../../interfaces/IBeacons.sol";
import { IDuties } from "../../interfaces/IDuties.sol";
import { IGuardSets } from "../../interfaces/IGuardSets.sol";
import { IJudges } from "../../interfaces/IJudges.sol";
import { IJuries } from "../../interfaces/IJuries.sol";
import { IMessenger } from "../../interfaces/IMessenger.sol";
import { INodePool } from "../../interfaces/INodePool.sol";
import { INodeWeights } from "../../interfaces/INodeWeights.sol";
import { IRegistry } from "../../interfaces/IRegistry.sol";
import { ISessionOwners } from "../../interfaces/ISessionOwners.sol";
import { Claims } from "../../libraries/Claims.sol";
import { DisputeSteps } from "../../libraries/DisputeSteps.sol";
import { Draws } from "../../libraries/Draws.sol";
import { NetworkSteps } from "../../libraries/NetworkSteps.sol";
import { Judges } from "./Judges.sol";

/// @title JuryDraws
/// @notice Who may judge a dispute, and whom the beacon draws of them.
abstract contract JuryDraws is IJuries {
    using Claims for Claims.Claim[];
    using Draws for IBeacons;
    using Draws for Draws.Window;

    struct Parts {
        IERC20 cor;
        IMessenger messenger;
        IRegistry registry;
        ISessionOwners sessions;
        IBeacons beacons;
        INodeWeights weights;
        INodePool pool;
        IGuardSets guardSets;
        /// Where results are planted.
        IDuties duties;
        /// Under whose domain verdicts are made.
        address attestations;
    }

    uint8 internal constant VALIDATORS_DRAW_PURPOSE = 3;
    /// @notice Claims that each draw keeps: some who turn out to be taken move nobody out.
    uint256 public constant VALIDATOR_CLAIMS_MAX = 8;
    uint256 public constant JUROR_CLAIMS_MAX = 16;

    IERC20 public immutable cor;
    IMessenger public immutable messenger;
    IRegistry public immutable registry;
    IBeacons public immutable beacons;
    INodeWeights public immutable weights;
    INodePool public immutable pool;
    /// @inheritdoc IJuries
    IJudges public immutable judges;
    address public immutable attestations;

    mapping(uint64 number => DisputeSteps.Case) internal _cases;
    mapping(uint64 number => Charge) internal _charges;
    /// By dispute, epoch of the draw, and phase that waits for it.
    mapping(bytes32 draw => Claims.Claim[]) internal _claims;
    /// Disputes that freeze a node now.
    mapping(address node => uint256) internal _freezes;

    constructor(Parts memory parts) {
        uint256 epochSecondsMax = DisputeSteps.secondsOf(DisputeSteps.Phase.Opened) / (Draws.EPOCHS_AHEAD + 1);
        uint256 epochSeconds = parts.beacons.epochSeconds();
        require(epochSeconds <= epochSecondsMax, EpochTooLong(epochSeconds, epochSecondsMax));
        cor = parts.cor;
        messenger = parts.messenger;
        registry = parts.registry;
        beacons = parts.beacons;
        weights = parts.weights;
        pool = parts.pool;
        judges = new Judges(parts.registry, parts.weights, parts.pool, parts.guardSets);
        attestations = parts.attestations;
    }

    /// @inheritdoc IJuries
    function claim(uint64 number, address node) external {
        DisputeSteps.Case storage self = _caseOf(number);
        Draws.Window memory window = _windowOf(self.dispute);
        window.requireClaimable();
        pool.heed(node);
        require(_isEligible(number, node, window), NotEligible(node));
        DisputeSteps.Phase phase = self.dispute.phase;
        uint256 ticket = _ticketOf(number, node, window);
        Claims.Claim memory claimed = Claims.claimOf(ticket, node, registry.ownerOf(node));
        uint256 most = phase == DisputeSteps.Phase.Opened ? VALIDATOR_CLAIMS_MAX : JUROR_CLAIMS_MAX;
        _claims[_drawOf(number, phase, window)].put(claimed, most);
        emit JudgeClaimed(number, phase, node, claimed.ticket);
    }

    /// @inheritdoc IJuries
    function isFrozen(address node) public view returns (bool) {
        return _freezes[node] != 0;
    }

    /* INTERNAL */

    function _caseOf(uint64 number) internal view returns (DisputeSteps.Case storage self) {
        self = _cases[number];
        require(self.dispute.deadline != 0, DisputeUnknown(number));
    }

    /// When the draw that a dispute waits for may be made.
    function _windowOf(DisputeSteps.Dispute storage dispute) internal view returns (Draws.Window memory) {
        DisputeSteps.Phase phase = dispute.phase;
        require(
            phase == DisputeSteps.Phase.Opened || phase == DisputeSteps.Phase.Called
                || phase == DisputeSteps.Phase.Appealed,
            DisputeSteps.PhaseOther(phase)
        );
        return beacons.windowOf(beacons.epochAt(dispute.at));
    }

    function _drawOf(uint64 number, DisputeSteps.Phase phase, Draws.Window memory window)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(number, window.epoch, phase));
    }

    /// Of validators the lowest of a node's tickets, as of the network's tasks; of jurors `keccak256("jury-v1" ‖ beacon ‖ taskId ‖ juror)`.
    function _ticketOf(uint64 number, address node, Draws.Window memory window) internal view returns (uint256) {
        bytes32 beacon = beacons.beaconOf(window);
        bytes32 taskId = _charges[number].taskId;
        if (_cases[number].dispute.phase != DisputeSteps.Phase.Opened) {
            return uint256(keccak256(abi.encodePacked("jury-v1", beacon, taskId, node)));
        }
        uint256 weight = weights.weightBefore(node, window.fixedAt);
        return Draws.lowestTicket(VALIDATORS_DRAW_PURPOSE, beacon, taskId, node, weight);
    }

    /// Able to judge the result, not frozen, and not of an owner that may not sit in the seats that are awaited.
    function _isEligible(uint64 number, address node, Draws.Window memory window) internal view returns (bool) {
        DisputeSteps.Case storage self = _cases[number];
        DisputeSteps.Phase phase = self.dispute.phase;
        if (self.roles[registry.ownerOf(node)] & DisputeSteps.barredIn(phase) != 0 || isFrozen(node)) return false;
        return judges.isAble(node, _charges[number].kernelClass, window, phase == DisputeSteps.Phase.Opened);
    }

    /// Those who come first, then those of a draw's list, each by their tickets; only who still is eligible, and none of an owner that is in.
    function _drawn(uint64 number, Draws.Window memory window, address[] memory first, uint256 most)
        internal
        view
        returns (NetworkSteps.Seat[] memory seats)
    {
        seats = new NetworkSteps.Seat[](most);
        uint256 count = _fill(number, window, _byTicket(number, window, first), seats, 0);
        DisputeSteps.Phase phase = _cases[number].dispute.phase;
        count = _fill(number, window, _claims[_drawOf(number, phase, window)].inOrder(), seats, count);
        // Only makes the array shorter: `count` is at most its length.
        assembly ("memory-safe") {
            mstore(seats, count)
        }
    }

    function _fill(
        uint64 number,
        Draws.Window memory window,
        Claims.Claim[] memory claims,
        NetworkSteps.Seat[] memory seats,
        uint256 count
    ) internal view returns (uint256) {
        for (uint256 i = 0; i < claims.length && count < seats.length; ++i) {
            Claims.Claim memory each = claims[i];
            if (_isIn(seats, count, each.holder) || !_isEligible(number, each.node, window)) continue;
            seats[count++] = NetworkSteps.Seat(each.node, each.holder);
        }
        return count;
    }

    function _byTicket(uint64 number, Draws.Window memory window, address[] memory nodes)
        internal
        view
        returns (Claims.Claim[] memory)
    {
        Claims.Claim[] memory claims = new Claims.Claim[](nodes.length);
        for (uint256 i = 0; i < nodes.length; ++i) {
            claims[i] = Claims.claimOf(_ticketOf(number, nodes[i], window), nodes[i], registry.ownerOf(nodes[i]));
        }
        return Claims.inOrder(claims);
    }

    function _isIn(NetworkSteps.Seat[] memory seats, uint256 count, address owner) internal pure returns (bool) {
        for (uint256 i = 0; i < count; ++i) {
            if (seats[i].owner == owner) return true;
        }
        return false;
    }
}
