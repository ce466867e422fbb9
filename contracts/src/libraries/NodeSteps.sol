// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { LevelRules } from "./LevelRules.sol";
import { NodeLives } from "./NodeLives.sol";
import { Refusals } from "./Refusals.sol";

/// @title NodeSteps
/// @notice What an event makes of a node: `docs/NODE_LIFE.md`. Bound to `packages/protocol` by `vectors/nodeLife.json`, refusal by refusal.
library NodeSteps {
    using NodeLives for NodeLives.Life;
    using NodeLives for NodeLives.State;

    /// In what part somebody acts on a node. Who has which part, the contract that is asked knows.
    enum Sender {
        Nobody,
        Owner,
        Node,
        Verifier,
        Registry,
        Assessor,
        Pool,
        Session
    }

    enum Kind {
        Register,
        Verify,
        Unverify,
        Ping,
        Assess,
        EnterPool,
        LeavePool,
        Reserve,
        BeginTask,
        EndTask,
        Release,
        Dedicate,
        Undedicate,
        Leave
    }

    /// What happens to a node. Each kind reads the figures that it has.
    struct Event {
        Kind kind;
        Sender by;
        /// `Verify`: first second at which it no longer holds.
        uint40 until;
        /// `Assess`: 0 … 10.
        uint8 level;
        /// `Reserve`, `BeginTask`, `EndTask`, `Release`: the session's account.
        uint32 account;
        /// `Reserve`.
        uint32 periodSeconds;
        /// `Reserve`: 0 is not counted.
        uint32 tasksMax;
    }

    uint256 internal constant VERIFICATION_SECONDS_MAX = 30 days;
    /// @notice Longest period of one reservation: nodes come back to the pool, and are looked at again, at least as often.
    uint256 internal constant RESERVE_SECONDS_MAX = 7 days;
    uint256 internal constant RESERVE_TASKS_MAX = 1_000_000;

    error StateOther(NodeLives.State state);
    error LevelTooLow(uint8 level);
    error Cooling(uint256 until);
    error SessionOther(uint32 account, uint32 reserved);
    error NoTaskLeft();
    error NoTaskRunning();

    /// @notice Applies an event, or refuses it. `life` is changed in place.
    function take(NodeLives.Life memory life, Event memory sent, uint256 nowSeconds) internal view {
        Refusals.requireSecond(nowSeconds);
        _checkFigures(sent, nowSeconds);
        require(nowSeconds >= life.at, Refusals.ClockBack(life.at));
        (Sender by, uint256 from) = ruleOf(sent.kind);
        require(sent.by == by, Refusals.NotYours(msg.sender));
        require(life.state.isOneOf(from), StateOther(life.state));
        (, uint256 deadline) = life.deadlineOf();
        require(nowSeconds < deadline, Refusals.DeadlineDue(deadline));
        _apply(life, sent, uint40(nowSeconds));
    }

    /// @notice Enforces the one deadline that fell due first, as of its own second. Anybody's.
    function expire(NodeLives.Life memory life, uint256 nowSeconds) internal pure {
        Refusals.requireSecond(nowSeconds);
        require(nowSeconds >= life.at, Refusals.ClockBack(life.at));
        (, uint256 deadline) = life.deadlineOf();
        require(nowSeconds >= deadline, Refusals.NotDue(deadline));
        life.expire();
    }

    /// @notice Who may send an event, and in which states.
    function ruleOf(Kind kind) internal pure returns (Sender by, uint256 from) {
        if (kind == Kind.Register) return (Sender.Owner, 1 << uint8(NodeLives.State.Unregistered));
        if (kind == Kind.Verify) return (Sender.Verifier, NodeLives.KNOWN | 1 << uint8(NodeLives.State.Registered));
        if (kind == Kind.Unverify) return (Sender.Registry, NodeLives.KNOWN);
        if (kind == Kind.Ping) return (Sender.Node, NodeLives.KNOWN);
        if (kind == Kind.Assess) {
            return (Sender.Assessor, NodeLives.HEARD_OF & ~(1 << uint8(NodeLives.State.Reserved)));
        }
        if (kind == Kind.EnterPool) return (Sender.Node, 1 << uint8(NodeLives.State.Assessed));
        if (kind == Kind.LeavePool) return (Sender.Node, 1 << uint8(NodeLives.State.Ephemeral));
        if (kind == Kind.Reserve) return (Sender.Pool, 1 << uint8(NodeLives.State.Ephemeral));
        if (kind == Kind.Dedicate) {
            return (Sender.Owner, 1 << uint8(NodeLives.State.Active) | 1 << uint8(NodeLives.State.Assessed));
        }
        if (kind == Kind.Undedicate) return (Sender.Owner, 1 << uint8(NodeLives.State.Dedicated));
        if (kind == Kind.Leave) return (Sender.Owner, NodeLives.KNOWN | 1 << uint8(NodeLives.State.Registered));
        return (Sender.Session, 1 << uint8(NodeLives.State.Reserved));
    }

    function _checkFigures(Event memory sent, uint256 nowSeconds) private pure {
        Kind kind = sent.kind;
        if (kind == Kind.Verify) {
            Refusals.requireWithin("until", sent.until, nowSeconds + 1, nowSeconds + VERIFICATION_SECONDS_MAX);
        } else if (kind == Kind.Assess) {
            Refusals.requireWithin("level", sent.level, 0, LevelRules.LEVEL_MAX);
        } else if (kind >= Kind.Reserve && kind <= Kind.Release) {
            Refusals.requireWithin("account", sent.account, 1, type(uint32).max);
        }
        if (kind == Kind.Reserve) {
            Refusals.requireWithin("periodSeconds", sent.periodSeconds, 1, RESERVE_SECONDS_MAX);
            Refusals.requireWithin("tasksMax", sent.tasksMax, 0, RESERVE_TASKS_MAX);
        }
    }

    /// An event that its sender may send in this state, while nothing is due.
    function _apply(NodeLives.Life memory life, Event memory sent, uint40 at) private pure {
        Kind kind = sent.kind;
        if (kind == Kind.Register) {
            life.enter(NodeLives.State.Registered, at);
        } else if (kind == Kind.Verify) {
            (life.verifiedUntil, life.at) = (sent.until, at);
            if (life.state == NodeLives.State.Registered) life.enter(NodeLives.State.Verified, at);
        } else if (kind == Kind.Unverify || kind == Kind.Leave) {
            life.forget();
            life.verifiedUntil = 0;
            life.enter(kind == Kind.Leave ? NodeLives.State.Left : NodeLives.State.Registered, at);
        } else if (kind == Kind.Ping) {
            _ping(life, at);
        } else if (kind == Kind.Assess) {
            _assess(life, sent.level, at);
        } else if (kind == Kind.EnterPool) {
            require(LevelRules.mayEnterPool(life.level), LevelTooLow(life.level));
            require(at >= life.coolUntil, Cooling(life.coolUntil));
            life.enter(NodeLives.State.Ephemeral, at);
        } else if (kind == Kind.LeavePool) {
            life.enter(NodeLives.State.Assessed, at);
        } else if (kind == Kind.Reserve) {
            life.enter(NodeLives.State.Reserved, at);
            life.reservation = NodeLives.Reservation({
                account: sent.account,
                until: at + sent.periodSeconds,
                isCounted: sent.tasksMax != 0,
                tasksLeft: sent.tasksMax,
                tasksRunning: 0
            });
        } else if (kind == Kind.Dedicate) {
            life.enter(NodeLives.State.Dedicated, at);
        } else if (kind == Kind.Undedicate) {
            (life.level, life.levelUntil) = (0, 0);
            life.enter(NodeLives.State.Active, at);
        } else {
            _useReservation(life, sent, at);
        }
    }

    function _ping(NodeLives.Life memory life, uint40 at) private pure {
        bool isHeardAgain = life.state == NodeLives.State.Verified || life.state == NodeLives.State.Silent;
        (life.seenAt, life.at) = (at, at);
        if (!isHeardAgain) return;
        life.activeSince = at;
        life.enter(NodeLives.State.Active, at);
    }

    /// A level keeps a node in the pool where it grants that, and makes any other ready for it; level 0 sends it back to be tested.
    function _assess(NodeLives.Life memory life, uint8 level, uint40 at) private pure {
        (life.level, life.levelUntil, life.at) = (level, level > 0 ? at + NodeLives.LEVEL_SECONDS : 0, at);
        NodeLives.State state = _stateAfterLevel(life.state, level);
        if (state != life.state) life.enter(state, at);
    }

    function _stateAfterLevel(NodeLives.State state, uint8 level) private pure returns (NodeLives.State) {
        if (state == NodeLives.State.Dedicated) return state;
        if (level == 0) return NodeLives.State.Active;
        bool isKept = state == NodeLives.State.Ephemeral && LevelRules.mayEnterPool(level);
        return isKept ? state : NodeLives.State.Assessed;
    }

    /// No more tasks begin than were reserved, and with the end of the last of them the reservation is over.
    function _useReservation(NodeLives.Life memory life, Event memory sent, uint40 at) private pure {
        NodeLives.Reservation memory held = life.reservation;
        require(held.account == sent.account, SessionOther(sent.account, held.account));
        if (sent.kind == Kind.BeginTask) {
            require(!held.isCounted || held.tasksLeft > 0, NoTaskLeft());
            if (held.isCounted) held.tasksLeft -= 1;
            held.tasksRunning += 1;
        } else if (sent.kind == Kind.EndTask) {
            require(held.tasksRunning > 0, NoTaskRunning());
            held.tasksRunning -= 1;
        }
        bool isUsedUp = held.isCounted && held.tasksLeft == 0 && held.tasksRunning == 0;
        life.at = at;
        if (isUsedUp || sent.kind == Kind.Release) life.enter(NodeLives.State.Released, at);
    }
}
