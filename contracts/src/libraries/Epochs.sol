// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Epochs
/// @notice Epochs of chain time, their cut-offs, and which epoch's records hold what happens. `packages/protocol` has the same functions,
/// bound by `vectors/guards.json`.
library Epochs {
    /// When epoch 0 began, and how long each lasts, in seconds of chain time.
    struct Times {
        uint64 t0;
        uint64 epochSeconds;
    }

    /// @notice Records of an epoch are cut off this part of it before its end.
    uint256 internal constant CUT_OFF_PARTS = 10;

    function startOf(Times memory times, uint64 epoch) internal pure returns (uint256) {
        return times.t0 + uint256(epoch) * times.epochSeconds;
    }

    function endOf(Times memory times, uint64 epoch) internal pure returns (uint256) {
        return startOf(times, epoch) + times.epochSeconds;
    }

    /// @notice From when on (inclusive) what happens belongs to the next epoch's records.
    function cutOffOf(Times memory times, uint64 epoch) internal pure returns (uint256) {
        return endOf(times, epoch) - times.epochSeconds / CUT_OFF_PARTS;
    }

    /// @notice The epoch that runs at a time; 0 before the first.
    function epochAt(Times memory times, uint256 time) internal pure returns (uint64) {
        return time < times.t0 ? 0 : uint64((time - times.t0) / times.epochSeconds);
    }

    /// @notice The epoch whose records hold what happens at a time: the first whose cut-off is still to come.
    function recordEpochAt(Times memory times, uint256 time) internal pure returns (uint64 epoch) {
        epoch = epochAt(times, time);
        return time < cutOffOf(times, epoch) ? epoch : epoch + 1;
    }

    /// @notice Whether an epoch's roots may be posted: from its end (inclusive) until the next one's cut-off (exclusive).
    function isPostingTime(Times memory times, uint64 epoch, uint256 time) internal pure returns (bool) {
        uint256 end = endOf(times, epoch);
        return time >= end && time < end + times.epochSeconds - times.epochSeconds / CUT_OFF_PARTS;
    }

    /// @notice The first epoch in which anyone may be a guard: it starts at or after the hosted phase's end.
    function firstOpenEpoch(Times memory times, uint64 hostedUntil) internal pure returns (uint64) {
        return hostedUntil <= times.t0 ? 0 : uint64(Math.ceilDiv(hostedUntil - times.t0, times.epochSeconds));
    }
}
