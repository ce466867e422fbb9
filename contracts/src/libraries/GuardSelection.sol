// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { GuardMembers } from "./GuardMembers.sol";
import { Rankings } from "./Rankings.sol";

/// @title GuardSelection
/// @notice Who guards an epoch, from who guarded the one before and the queue: rank, churn and the hosted phase, as `docs/GUARDS.md` has
/// them. `packages/protocol` has the same function, bound by `vectors/guards.json`.
library GuardSelection {
    using GuardMembers for bytes;
    using Rankings for Rankings.Ranking;

    /// A place in the queue.
    struct Candidate {
        address guard;
        uint96 stakeWei;
        /// Epoch in whose records it asked to join; it counts from the next one on.
        uint64 joinAsked;
        /// Epoch in whose records it asked to leave; `NEVER` when it didn't.
        uint64 leaveAsked;
        /// Not frozen and, in the hosted phase, listed.
        bool isAdmitted;
    }

    struct Rules {
        uint64 epoch;
        /// At least 1.
        uint256 stakeMinWei;
        bool isHosted;
    }

    /// @notice Later than any epoch.
    uint40 internal constant NEVER = type(uint40).max;
    /// @notice In an epoch at most this part of a set goes by wish or by rank, and at most as many join; at least one each.
    uint256 internal constant CHURN_PARTS = 4;

    /// @param previous Members of the epoch before, packed; none before there were any.
    /// @return members Packed, by address.
    function select(Rules memory rules, bytes memory previous, Candidate[] memory candidates)
        internal
        pure
        returns (bytes memory members)
    {
        uint256 churnMax = _churnMax(previous.countOf(), rules.isHosted);
        Rankings.Ranking memory leavers = Rankings.create(churnMax);
        Rankings.Ranking memory newcomers = Rankings.create(churnMax);
        bool[] memory isHeld = new bool[](candidates.length);
        for (uint256 i = 0; i < candidates.length; ++i) {
            Candidate memory one = candidates[i];
            if (one.stakeWei < rules.stakeMinWei || !one.isAdmitted) continue;
            (isHeld[i],) = previous.find(one.guard);
            bool leaves = one.leaveAsked < rules.epoch;
            if (isHeld[i] && leaves) leavers.insert(_leaveKey(one));
            if (!isHeld[i] && !leaves && one.joinAsked < rules.epoch) newcomers.insert(_rankKey(one));
        }

        Rankings.Ranking memory chosen = Rankings.create(GuardMembers.GUARDS_MAX);
        for (uint256 i = 0; i < candidates.length; ++i) {
            Candidate memory one = candidates[i];
            if (!isHeld[i] || (one.leaveAsked < rules.epoch && leavers.holds(_leaveKey(one)))) continue;
            chosen.insert(_rankKey(one));
        }
        // Into a full set a newcomer comes by rank alone. Each who left by wish left a place, so that those who come in, at most as many
        // as the bound, never push out more than the rest of it.
        for (uint256 i = 0; i < newcomers.count; ++i) {
            chosen.insert(newcomers.keys[i]);
        }
        return _byAddress(chosen);
    }

    function _churnMax(uint256 previousCount, bool isHosted) private pure returns (uint256) {
        if (isHosted || previousCount == 0) return GuardMembers.GUARDS_MAX;
        return Math.max(1, previousCount / CHURN_PARTS);
    }

    /// More stake is higher, then the lower address.
    function _rankKey(Candidate memory one) private pure returns (uint256) {
        return uint256(one.stakeWei) << 160 | ~uint160(one.guard);
    }

    /// Who asked earlier is higher, then the lower address.
    function _leaveKey(Candidate memory one) private pure returns (uint256) {
        return ~(uint256(one.leaveAsked) << 160 | uint160(one.guard));
    }

    function _byAddress(Rankings.Ranking memory chosen) private pure returns (bytes memory) {
        Rankings.Ranking memory ordered = Rankings.create(chosen.count);
        for (uint256 i = 0; i < chosen.count; ++i) {
            uint256 key = chosen.keys[i];
            ordered.insert(~GuardMembers.pack(address(~uint160(key)), key >> 160));
        }
        for (uint256 i = 0; i < ordered.count; ++i) {
            ordered.keys[i] = ~ordered.keys[i];
        }
        return abi.encodePacked(ordered.keys);
    }
}
