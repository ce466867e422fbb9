// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title NodeLives
/// @notice All that is known of a node, and what runs out of it: `docs/NODE_LIFE.md`. Bound to `packages/protocol` by `vectors/nodeLife.json`.
library NodeLives {
    enum State {
        /// Nobody has registered it.
        Unregistered,
        /// An operator owns it. Nothing is known of it, or no longer.
        Registered,
        /// It answered a challenge with its registered key and kernel class.
        Verified,
        /// It pings. The network gives it tasks of its own, to find its level.
        Active,
        /// Its level is known and fresh.
        Assessed,
        /// In the pool: any session may be given it.
        Ephemeral,
        /// Bound to one session for a while.
        Reserved,
        /// Out of a reservation. It is assessed again before it enters the pool.
        Released,
        /// Its owner keeps it for the sessions that named it: never drawn, and no level needed.
        Dedicated,
        /// It stopped pinging.
        Silent,
        /// Its owner ended it, for good.
        Left
    }

    /// What can run out. Of several at one second the first in this order fires first.
    enum Deadline {
        Verification,
        Silence,
        Reservation,
        Level
    }

    /// A node bound to one session: until a second, and for so many tasks where they are counted. Whichever is over first ends it.
    struct Reservation {
        /// The session's account; zero without a reservation.
        uint32 account;
        /// First second at which it no longer holds.
        uint40 until;
        bool isCounted;
        /// Tasks that may still begin, where they are counted.
        uint32 tasksLeft;
        /// Tasks that began and haven't ended.
        uint32 tasksRunning;
    }

    /// Times are seconds of chain time; one that isn't there is 0.
    struct Life {
        State state;
        /// When it came to this state.
        uint40 since;
        /// When anything of this changed last.
        uint40 at;
        /// First second at which its verification no longer holds.
        uint40 verifiedUntil;
        /// Of its last ping.
        uint40 seenAt;
        /// Since when it has been pinging without a break. What draws take candidates by.
        uint40 activeSince;
        /// 0 … 10. Where no deadline of it runs it may be old: see `levelAt`.
        uint8 level;
        /// First second at which the level no longer counts.
        uint40 levelUntil;
        /// First second at which it may enter the pool again.
        uint40 coolUntil;
        Reservation reservation;
    }

    /// @notice A node that stays silent this long is no longer counted on.
    uint40 internal constant SILENCE_SECONDS = 1 hours;
    /// @notice How long a level counts: the last second of the thirtieth day is in, as in `NodeLevels`.
    uint40 internal constant LEVEL_SECONDS = 30 days + 1;
    /// @notice From leaving the pool, or a reservation, until a node may enter the pool again.
    uint40 internal constant POOL_COOL_SECONDS = 600;

    /// @notice Sets of states, a bit each.
    uint256 internal constant HEARD_OF = 0x1F8;
    uint256 internal constant KNOWN = HEARD_OF | 1 << uint8(State.Verified) | 1 << uint8(State.Silent);
    uint256 internal constant WITH_DEADLINE_OF_LEVEL = 1 << uint8(State.Assessed) | 1 << uint8(State.Ephemeral);
    uint256 internal constant BOUND = 1 << uint8(State.Ephemeral) | 1 << uint8(State.Reserved);

    function isOneOf(State state, uint256 states) internal pure returns (bool) {
        return states >> uint8(state) & 1 != 0;
    }

    /// @notice What runs out next, due from its second on; at `type(uint256).max` when nothing does.
    function deadlineOf(Life memory life) internal pure returns (Deadline kind, uint256 at) {
        at = type(uint256).max;
        State state = life.state;
        if (isOneOf(state, KNOWN)) at = life.verifiedUntil;
        if (isOneOf(state, HEARD_OF) && life.seenAt + SILENCE_SECONDS < at) {
            (kind, at) = (Deadline.Silence, life.seenAt + SILENCE_SECONDS);
        }
        if (state == State.Reserved && life.reservation.until < at) {
            (kind, at) = (Deadline.Reservation, life.reservation.until);
        }
        if (isOneOf(state, WITH_DEADLINE_OF_LEVEL) && life.levelUntil < at) {
            (kind, at) = (Deadline.Level, life.levelUntil);
        }
    }

    /// @notice Enforces what runs out next, as of its own second: it doesn't matter how late anyone does it.
    function expire(Life memory life) internal pure {
        (Deadline kind, uint256 second) = deadlineOf(life);
        uint40 at = uint40(second);
        if (kind == Deadline.Verification) {
            forget(life);
            life.verifiedUntil = 0;
            enter(life, State.Registered, at);
        } else if (kind == Deadline.Silence) {
            forget(life);
            enter(life, State.Silent, at);
        } else if (kind == Deadline.Reservation) {
            enter(life, State.Released, at);
        } else {
            (life.level, life.levelUntil) = (0, 0);
            enter(life, State.Active, at);
        }
    }

    /// @notice Enforces all that is due: what a node is at a second, whether anyone has said so or not. At most four deadlines.
    function settle(Life memory life, uint256 nowSeconds) internal pure {
        for ((, uint256 at) = deadlineOf(life); at <= nowSeconds; (, at) = deadlineOf(life)) {
            expire(life);
        }
    }

    /// @notice Another state. Whoever comes out of the pool cools down, and out of a reservation leaves it.
    function enter(Life memory life, State state, uint40 at) internal pure {
        if (isOneOf(life.state, BOUND) && !isOneOf(state, BOUND)) life.coolUntil = at + POOL_COOL_SECONDS;
        life.reservation = Reservation(0, 0, false, 0, 0);
        (life.state, life.since, life.at) = (state, at, at);
    }

    /// @notice What a node that is no longer verified, or no longer heard of, has lost.
    function forget(Life memory life) internal pure {
        (life.activeSince, life.level, life.levelUntil) = (0, 0, 0);
    }

    /// @notice The level that counts at a second.
    function levelAt(Life memory life, uint256 nowSeconds) internal pure returns (uint8) {
        return nowSeconds < life.levelUntil ? life.level : 0;
    }
}
