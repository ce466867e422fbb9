// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IBeacons } from "../interfaces/IBeacons.sol";

/// @title Draws
/// @notice Tickets, and when a draw may be made. Bound to `packages/protocol` by `vectors/draws.json`.
library Draws {
    /// @notice Epochs from a request to its draw: of the next epoch's beacon some part may be known already, of the one after that nothing.
    uint256 internal constant EPOCHS_AHEAD = 2;
    /// @notice Tickets of one node. Each is a hash in every draw.
    uint256 internal constant WEIGHT_MAX = 64;

    /// When a draw may be made, and by when its candidates had to be there. Seconds of chain time.
    struct Window {
        /// Whose beacon decides.
        uint64 epoch;
        /// First second at which nothing about the candidates can be changed in view of the beacon: they are in from before it.
        uint256 fixedAt;
        /// Claims are taken from this second on,
        uint256 opens;
        /// and until before this one; from it on anyone may make the draw.
        uint256 draws;
        /// From this second on the draw is void, so that nobody gains by waiting.
        uint256 closes;
    }

    error DrawEarly(uint256 opens);
    error DrawLate(uint256 closes);
    error BeaconUnknown(uint64 epoch);

    function epochAt(IBeacons beacons, uint256 second) internal view returns (uint64) {
        return uint64((second - beacons.t0()) / beacons.epochSeconds());
    }

    /// @notice The window of what was requested in an epoch: candidates as they are when it ends, drawn in the second epoch after it.
    function windowOf(IBeacons beacons, uint64 requestedEpoch) internal view returns (Window memory window) {
        uint256 epochSeconds = beacons.epochSeconds();
        window.epoch = requestedEpoch + uint64(EPOCHS_AHEAD);
        window.fixedAt = beacons.t0() + (uint256(requestedEpoch) + 1) * epochSeconds;
        window.opens = beacons.t0() + uint256(window.epoch) * epochSeconds;
        window.draws = window.opens + epochSeconds / 2;
        window.closes = window.opens + epochSeconds;
    }

    /// @notice Refuses a claim out of its half of the window.
    function requireClaimable(Window memory window) internal view {
        require(block.timestamp >= window.opens, DrawEarly(window.opens));
        require(block.timestamp < window.draws, DrawLate(window.draws));
    }

    /// @notice Refuses a draw before all claims are in, or out of its epoch.
    function requireDrawable(Window memory window) internal view {
        require(block.timestamp >= window.draws, DrawEarly(window.draws));
        require(block.timestamp < window.closes, DrawLate(window.closes));
    }

    function beaconOf(IBeacons beacons, Window memory window) internal view returns (bytes32 beacon) {
        beacon = beacons.beaconOf(window.epoch);
        require(beacon != 0, BeaconUnknown(window.epoch));
    }

    /// @notice The lowest of a node's tickets: `keccak256("draw-v1" ‖ purpose u8 ‖ beacon ‖ subject ‖ node ‖ k u8)`, as a number.
    /// @param weight 1 … 64: how many it has.
    function lowestTicket(uint8 purpose, bytes32 beacon, bytes32 subject, address node, uint256 weight)
        internal
        pure
        returns (uint256 lowest)
    {
        bytes memory head = abi.encodePacked("draw-v1", purpose, beacon, subject, node);
        lowest = type(uint256).max;
        for (uint256 i = 0; i < weight; ++i) {
            uint256 ticket = uint256(keccak256(abi.encodePacked(head, uint8(i))));
            if (ticket < lowest) lowest = ticket;
        }
    }
}
