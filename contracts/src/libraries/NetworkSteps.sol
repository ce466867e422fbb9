// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { LevelRules } from "./LevelRules.sol";
import { Precommits } from "./Precommits.sol";
import { Refusals } from "./Refusals.sol";
import { Seats } from "./Seats.sol";

/// @title NetworkSteps
/// @notice What an event makes of a task of the network's own: `docs/NODE_LIFE.md`. Bound to `packages/protocol` by
/// `vectors/networkTask.json`, refusal by refusal.
library NetworkSteps {
    using Seats for address[];

    /// How far a task is: what has been reached last.
    enum Phase {
        Requested,
        Created,
        Prepared,
        Started,
        Precommitted,
        Committed,
        Ended
    }

    /// How a task ended: scored, or what nobody did in time.
    enum Ending {
        None,
        Scored,
        Uncreated,
        Unprepared,
        Unstarted,
        Unanswered,
        Unrevealed,
        Unscored
    }

    struct Seat {
        address node;
        address owner;
    }

    /// Times are seconds of chain time. A set of seats has a bit for each.
    struct Task {
        Phase phase;
        Ending ending;
        /// 1 … 10.
        uint8 difficulty;
        /// Of the last event or deadline.
        uint40 at;
        /// First second at which what the phase waits for is late; after the end, that of the end. 0 for a task that isn't there.
        uint40 deadline;
        uint40 startedAt;
        /// Whose turn it is, or was when it was created and prepared.
        uint8 creatorTurn;
        uint8 preparerTurn;
        /// Solvers that precommitted, and of them those that committed.
        uint8 precommitted;
        uint8 committed;
        /// Scorers that scored.
        uint8 scored;
        bytes32 topicHash;
        bytes32 questionsHash;
        /// In the order of their turns.
        address[] creators;
        address[] preparers;
        address[] solvers;
        address[] scorers;
        /// By the solver's seat.
        bytes32[7] precommits;
        bytes32[7] results;
        /// By the scorer's seat: of the solvers that committed, in the order of their seats, a bit for each whose result is good.
        uint8[3] votes;
    }

    uint256 internal constant CREATORS_MAX = 3;
    uint256 internal constant PREPARERS_MAX = 3;
    uint256 internal constant SOLVERS_MAX = 7;
    uint256 internal constant SCORERS_MAX = 3;

    /// Nothing comes after the end.
    error Ended();
    /// Not what the phase waits for.
    error PhaseOther(Phase phase);
    /// Too many or too few seats, two of one owner, or one of who made the task.
    error SeatsBad();
    /// Its sender has given what the phase waits for.
    /// The commit doesn't show what was precommitted.
    error CommitOther(bytes32 shown, bytes32 precommitted);

    /// @notice A new task, with who may create and prepare it.
    function request(
        Task storage task,
        uint8 difficulty,
        Seat[] memory creators,
        Seat[] memory preparers,
        uint256 nowSeconds
    ) internal {
        Refusals.requireSecond(nowSeconds);
        Refusals.requireWithin("difficulty", difficulty, 1, LevelRules.LEVEL_MAX);
        require(creators.length >= 1 && creators.length <= CREATORS_MAX, SeatsBad());
        require(preparers.length >= 1 && preparers.length <= PREPARERS_MAX, SeatsBad());
        _requireApart(creators, preparers, new Seat[](0));
        task.difficulty = difficulty;
        _seat(task.creators, creators);
        _seat(task.preparers, preparers);
        _reach(task, Phase.Requested, uint40(nowSeconds));
    }

    /// @notice The creator's whose turn it is.
    function create(Task storage task, address by, bytes32 topicHash, uint256 nowSeconds) internal {
        _requireAwaited(task, Phase.Requested, nowSeconds);
        require(task.creators[task.creatorTurn] == by, Refusals.NotYours(by));
        require(topicHash != 0, Refusals.OutOfRange("topicHash", 0));
        task.topicHash = topicHash;
        _reach(task, Phase.Created, uint40(nowSeconds));
    }

    /// @notice The preparer's whose turn it is.
    function prepare(Task storage task, address by, bytes32 questionsHash, uint256 nowSeconds) internal {
        _requireAwaited(task, Phase.Created, nowSeconds);
        require(task.preparers[task.preparerTurn] == by, Refusals.NotYours(by));
        require(questionsHash != 0, Refusals.OutOfRange("questionsHash", 0));
        task.questionsHash = questionsHash;
        _reach(task, Phase.Prepared, uint40(nowSeconds));
    }

    /// @notice Anyone's. Whether the beacon drew these, the caller has to know.
    /// @param makers The seats that created and prepared.
    function start(
        Task storage task,
        Seat[] memory makers,
        Seat[] memory solvers,
        Seat[] memory scorers,
        uint256 nowSeconds
    ) internal {
        _requireAwaited(task, Phase.Prepared, nowSeconds);
        require(solvers.length >= 1 && solvers.length <= SOLVERS_MAX, SeatsBad());
        require(scorers.length >= 1 && scorers.length <= SCORERS_MAX, SeatsBad());
        _requireApart(makers, solvers, scorers);
        _seat(task.solvers, solvers);
        _seat(task.scorers, scorers);
        task.startedAt = uint40(nowSeconds);
        _reach(task, Phase.Started, uint40(nowSeconds));
    }

    /// @notice A solver's, once.
    function precommit(Task storage task, address by, bytes32 hash, uint256 nowSeconds) internal {
        _requireAwaited(task, Phase.Started, nowSeconds);
        (uint256 seat, uint8 mask) = task.solvers.free(by, type(uint8).max, task.precommitted);
        require(hash != 0, Refusals.OutOfRange("hash", 0));
        task.precommits[seat] = hash;
        task.precommitted |= mask;
        _arrive(task, task.precommitted == _all(task.solvers.length), nowSeconds);
    }

    /// @notice Of a solver that has precommitted, once: it shows what it bound itself to.
    function commit(Task storage task, bytes32 taskId, address by, bytes32 resultHash, bytes32 salt, uint256 nowSeconds)
        internal
    {
        _requireAwaited(task, Phase.Precommitted, nowSeconds);
        (uint256 seat, uint8 mask) = task.solvers.free(by, task.precommitted, task.committed);
        bytes32 shown = Precommits.precommitHash(taskId, by, salt, resultHash);
        require(shown == task.precommits[seat], CommitOther(shown, task.precommits[seat]));
        task.results[seat] = resultHash;
        task.committed |= mask;
        _arrive(task, task.committed == task.precommitted, nowSeconds);
    }

    /// @notice A scorer's, once.
    /// @param good For each solver that committed, in the order of the seats, whether its result is good.
    function score(Task storage task, address by, bool[] memory good, uint256 nowSeconds) internal {
        _requireAwaited(task, Phase.Committed, nowSeconds);
        (uint256 seat, uint8 mask) = task.scorers.free(by, type(uint8).max, task.scored);
        uint256 awaited = _count(task.committed);
        Refusals.requireWithin("good", good.length, awaited, awaited);
        uint256 votes = 0;
        for (uint256 i = 0; i < good.length; ++i) {
            if (good[i]) votes |= 1 << i;
        }
        task.votes[seat] = uint8(votes);
        task.scored |= mask;
        _arrive(task, task.scored == _all(task.scorers.length), nowSeconds);
    }

    /// @notice Anyone's: what the phase waits for is late. What follows counts from the deadline's own second.
    function expire(Task storage task, uint256 nowSeconds) internal {
        _requireTimely(task, nowSeconds);
        uint40 at = task.deadline;
        require(nowSeconds >= at, Refusals.NotDue(at));
        Phase phase = task.phase;
        if (phase == Phase.Requested) {
            if (task.creatorTurn + 1 >= task.creators.length) return _end(task, Ending.Uncreated, at);
            task.creatorTurn += 1;
            _reach(task, phase, at);
        } else if (phase == Phase.Created) {
            if (task.preparerTurn + 1 >= task.preparers.length) return _end(task, Ending.Unprepared, at);
            task.preparerTurn += 1;
            _reach(task, phase, at);
        } else if (phase == Phase.Prepared) {
            _end(task, Ending.Unstarted, at);
        } else {
            _afterRound(task, at);
        }
    }

    /// @notice What a scored task says of each solver, by its seat: passed when more than half of those that scored found its result good.
    function outcomeOf(Task storage task, uint256 seat) internal view returns (LevelRules.Outcome) {
        if (task.committed >> seat & 1 == 0) return LevelRules.Outcome.Missed;
        uint256 place = _count(task.committed & _all(seat));
        uint256 good = 0;
        for (uint256 i = 0; i < task.scorers.length; ++i) {
            good += task.votes[i] >> place & 1;
        }
        return good * 2 > _count(task.scored) ? LevelRules.Outcome.Passed : LevelRules.Outcome.Failed;
    }

    /// @notice How long each phase waits for what leads on. In the first two it is each seat's turn that lasts so long.
    function secondsOf(Phase phase) internal pure returns (uint40) {
        if (phase == Phase.Requested) return 60;
        if (phase == Phase.Created) return 300;
        // Three epochs: solvers are drawn in the second after this one.
        if (phase == Phase.Prepared) return 1_800;
        return phase == Phase.Committed ? 600 : 120;
    }

    function _requireTimely(Task storage task, uint256 nowSeconds) private view {
        Refusals.requireSecond(nowSeconds);
        require(task.phase != Phase.Ended, Ended());
        require(nowSeconds >= task.at, Refusals.ClockBack(task.at));
    }

    function _requireAwaited(Task storage task, Phase phase, uint256 nowSeconds) private view {
        _requireTimely(task, nowSeconds);
        require(nowSeconds < task.deadline, Refusals.DeadlineDue(task.deadline));
        require(task.phase == phase, PhaseOther(task.phase));
    }

    /// After one more arrival: on to what follows when it was the last one.
    function _arrive(Task storage task, bool isLast, uint256 nowSeconds) private {
        if (isLast) _afterRound(task, uint40(nowSeconds));
        else task.at = uint40(nowSeconds);
    }

    /// What follows a round: the next one of who has arrived, or the end.
    function _afterRound(Task storage task, uint40 at) private {
        if (task.phase == Phase.Started) {
            if (task.precommitted == 0) return _end(task, Ending.Unanswered, at);
            _reach(task, Phase.Precommitted, at);
        } else if (task.phase == Phase.Precommitted) {
            if (task.committed == 0) return _end(task, Ending.Unrevealed, at);
            _reach(task, Phase.Committed, at);
        } else {
            _end(task, task.scored == 0 ? Ending.Unscored : Ending.Scored, at);
        }
    }

    function _reach(Task storage task, Phase phase, uint40 at) private {
        (task.phase, task.at, task.deadline) = (phase, at, at + secondsOf(phase));
    }

    function _end(Task storage task, Ending ending, uint40 at) private {
        (task.phase, task.ending, task.at, task.deadline) = (Phase.Ended, ending, at, at);
    }

    function _seat(address[] storage places, Seat[] memory seats) private {
        for (uint256 i = 0; i < seats.length; ++i) {
            places.push(seats[i].node);
        }
    }

    /// These are seats of as many nodes and as many owners.
    function _requireApart(Seat[] memory first, Seat[] memory second, Seat[] memory third) private pure {
        uint256 count = first.length + second.length + third.length;
        for (uint256 i = 0; i < count; ++i) {
            Seat memory one = _seatAt(first, second, third, i);
            for (uint256 j = 0; j < i; ++j) {
                Seat memory other = _seatAt(first, second, third, j);
                require(one.node != other.node && one.owner != other.owner, SeatsBad());
            }
        }
    }

    function _seatAt(Seat[] memory first, Seat[] memory second, Seat[] memory third, uint256 index)
        private
        pure
        returns (Seat memory)
    {
        if (index < first.length) return first[index];
        index -= first.length;
        return index < second.length ? second[index] : third[index - second.length];
    }

    function _all(uint256 seats) private pure returns (uint8) {
        return uint8((1 << seats) - 1);
    }

    function _count(uint8 seats) private pure returns (uint256 found) {
        for (; seats != 0; seats >>= 1) {
            found += seats & 1;
        }
    }
}
