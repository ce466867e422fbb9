// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title SessionTasks
/// @notice How a task of the session queue moves from phase to phase. Pure; `packages/protocol` has the same machine, and its
/// traces are this one's test.
library SessionTasks {
    enum Phase {
        Enqueued,
        Assigned,
        Acked,
        Precommitted,
        Committed,
        Ended
    }

    /// How a task ended: with every copy, with some, or what nobody did in time.
    enum Ending {
        None,
        Whole,
        Partial,
        Unassigned,
        Unacked,
        Unanswered,
        Unrevealed
    }

    /// One slot. Sets of seats are bits, the first seat's the lowest.
    struct State {
        /// The operator that assigns the task.
        address assigner;
        /// First second at which what the phase waits for is late; after the end, that of the end.
        uint40 deadlineSeconds;
        Phase phase;
        Ending ending;
        uint8 seatCount;
        /// Whose acks, precommits and commits have come. Each set is of seats of the one before.
        uint8 acked;
        uint8 precommitted;
        uint8 committed;
    }

    /// @notice How long each phase waits; for the work itself as long as the task says.
    uint40 internal constant ENQUEUED_SECONDS = 120;
    uint40 internal constant ASSIGNED_SECONDS = 60;
    uint40 internal constant PRECOMMITTED_SECONDS = 120;
    /// @notice The client looks at what arrived.
    uint40 internal constant COMMITTED_SECONDS = 600;
    uint40 internal constant WORK_SECONDS_MAX = 3_600;
    uint8 internal constant REDUNDANCY_MAX = 7;

    /// @notice What follows a phase, whole or late: the next one with who has arrived, or the end. Changes `state`.
    /// @param redundancy Copies asked for.
    /// @param workSeconds Time for the work.
    /// @param atSeconds When the phase was over: that of the last arrival, or its deadline's own second.
    function advance(State memory state, uint8 redundancy, uint16 workSeconds, uint40 atSeconds) internal pure {
        Phase phase = state.phase;
        if (phase == Phase.Enqueued) {
            endAs(state, Ending.Unassigned, atSeconds);
        } else if (phase == Phase.Assigned) {
            if (state.acked == 0) endAs(state, Ending.Unacked, atSeconds);
            else enter(state, Phase.Acked, atSeconds + workSeconds);
        } else if (phase == Phase.Acked) {
            if (state.precommitted == 0) endAs(state, Ending.Unanswered, atSeconds);
            else enter(state, Phase.Precommitted, atSeconds + PRECOMMITTED_SECONDS);
        } else if (phase == Phase.Precommitted) {
            if (state.committed == 0) endAs(state, Ending.Unrevealed, atSeconds);
            else enter(state, Phase.Committed, atSeconds + COMMITTED_SECONDS);
        } else {
            endAs(state, countOf(state.committed) == redundancy ? Ending.Whole : Ending.Partial, atSeconds);
        }
    }

    function enter(State memory state, Phase phase, uint40 deadlineSeconds) internal pure {
        state.phase = phase;
        state.deadlineSeconds = deadlineSeconds;
    }

    function endAs(State memory state, Ending ending, uint40 atSeconds) internal pure {
        state.phase = Phase.Ended;
        state.ending = ending;
        state.deadlineSeconds = atSeconds;
    }

    /// @notice The set of all seats.
    function allOf(uint256 seatCount) internal pure returns (uint8) {
        return uint8((1 << seatCount) - 1);
    }

    function has(uint8 set, uint256 index) internal pure returns (bool) {
        return set & (1 << index) != 0;
    }

    function withSeat(uint8 set, uint256 index) internal pure returns (uint8) {
        return uint8(set | (1 << index));
    }

    function countOf(uint8 set) internal pure returns (uint256 count) {
        for (; set != 0; set &= set - 1) {
            ++count;
        }
    }
}
