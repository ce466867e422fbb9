// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { NetworkSteps } from "./NetworkSteps.sol";
import { Refusals } from "./Refusals.sol";
import { Seats } from "./Seats.sol";
import { Verdicts } from "./Verdicts.sol";

/// @title DisputeSteps
/// @notice What an event makes of a dispute over one result: `docs/GUARDS.md`. Bound to `packages/protocol` by `vectors/dispute.json`, refusal
/// by refusal.
library DisputeSteps {
    using Seats for address[];

    /// How far a dispute is: what has been reached last.
    enum Phase {
        Opened,
        Seated,
        Committed,
        Called,
        Empanelled,
        Judged,
        Appealed,
        Reheard,
        Ended
    }

    /// How a dispute ended. Of the first three each is harsher than the one before, and they are what a jury finds.
    enum Ending {
        None,
        Cleared,
        Withheld,
        Slashed,
        Undecided,
        Undrawn,
        /// Its owner planted it: nobody is found wrong, or right.
        Planted
    }

    /// Times are seconds of chain time. A set of seats has a bit for each.
    struct Dispute {
        Phase phase;
        Ending ending;
        /// Of the first jury; `None` before.
        Ending verdict;
        /// Of the last event or deadline.
        uint40 at;
        /// First second at which what the phase waits for is late; after the end, that of the end. 0 for a dispute that isn't there.
        uint40 deadline;
        /// Of the second tier; 1 first.
        uint8 round;
        /// Draws that weren't made in time, of the seats that are awaited or were awaited last.
        uint8 tries;
        /// Validators of this round that committed, of them those that showed, and what they found.
        uint8 committed;
        uint8 revealed;
        uint8 passed;
        uint8 wrong;
        /// Jurors that voted, and of them those that found the result wrong.
        uint8 voted;
        uint8 votedWrong;
        bool isAppealed;
        /// The same of the second jury.
        uint8 votedAgain;
        uint8 votedAgainWrong;
        /// Of this round.
        address[] validators;
        bytes32[3] commitments;
        address[] jurors;
        address[] secondJurors;
    }

    /// A dispute, and what each owner is in it: bits of `PARTY`, `VALIDATOR`, `JUROR`.
    struct Case {
        Dispute dispute;
        mapping(address owner => uint8) roles;
    }

    /// @notice Of the result's miner, of the task's router, its client, or of who opened the dispute.
    uint8 internal constant PARTY = 1;
    /// @notice Sat in some round of the second tier.
    uint8 internal constant VALIDATOR = 2;
    /// @notice Sat in the first jury.
    uint8 internal constant JUROR = 4;

    uint256 internal constant VALIDATORS = 3;
    /// @notice Of them, how many must find the result wrong before a jury is called.
    uint256 internal constant WRONG_MIN = 2;
    uint256 internal constant JURORS_MAX = 7;
    /// @notice Fewer jurors than this never slash, nor undo a verdict.
    uint256 internal constant JURORS_TO_SLASH = 5;
    uint256 internal constant ROUNDS_MAX = 3;
    /// @notice Epochs in which a draw may be made, before it is given up.
    uint256 internal constant TRIES_MAX = 3;

    error PhaseOther(Phase phase);
    error Ended();
    /// Too many or too few seats, two of one owner, one of a party, or one of who has judged before.
    error SeatsBad();
    /// The verdict that is shown isn't the one committed to.
    error CommitOther(bytes32 shown, bytes32 committed);

    function open(Case storage self, uint256 nowSeconds) internal {
        Refusals.requireSecond(nowSeconds);
        self.dispute.round = 1;
        _reach(self.dispute, Phase.Opened, uint40(nowSeconds));
    }

    /// @notice What owners can't sit in the seats that a phase waits for.
    function barredIn(Phase phase) internal pure returns (uint8) {
        if (phase == Phase.Opened) return PARTY | VALIDATOR;
        return phase == Phase.Appealed ? PARTY | JUROR : PARTY;
    }

    /// @notice Anyone's. Whether the beacon drew these, the caller has to know.
    function seat(Case storage self, NetworkSteps.Seat[] memory seats, uint256 nowSeconds) internal {
        Dispute storage dispute = self.dispute;
        _requireAwaited(dispute, nowSeconds);
        require(dispute.phase == Phase.Opened, PhaseOther(dispute.phase));
        _requireSeatable(self, seats, VALIDATORS, VALIDATORS);
        delete dispute.validators;
        _seat(self, dispute.validators, seats, VALIDATOR);
        _reach(dispute, Phase.Seated, uint40(nowSeconds));
    }

    /// @notice A validator's, once.
    function commit(Case storage self, address by, bytes32 commitment, uint256 nowSeconds) internal {
        Dispute storage dispute = self.dispute;
        _requireAwaited(dispute, nowSeconds);
        require(dispute.phase == Phase.Seated, PhaseOther(dispute.phase));
        (uint256 place, uint8 mask) = dispute.validators.free(by, type(uint8).max, dispute.committed);
        require(commitment != 0, Refusals.OutOfRange("commitment", 0));
        dispute.commitments[place] = commitment;
        dispute.committed |= mask;
        _arrive(dispute, dispute.committed == _all(VALIDATORS), nowSeconds);
    }

    /// @notice Of a validator that has committed, once.
    /// @param shown What its commitment would be to the verdict that it shows.
    function reveal(Case storage self, address by, Verdicts.Outcome outcome, bytes32 shown, uint256 nowSeconds)
        internal
    {
        Dispute storage dispute = self.dispute;
        _requireAwaited(dispute, nowSeconds);
        require(dispute.phase == Phase.Committed, PhaseOther(dispute.phase));
        (uint256 place, uint8 mask) = dispute.validators.free(by, dispute.committed, dispute.revealed);
        require(shown == dispute.commitments[place], CommitOther(shown, dispute.commitments[place]));
        dispute.revealed |= mask;
        if (outcome == Verdicts.Outcome.Passed) dispute.passed |= mask;
        if (outcome == Verdicts.Outcome.Failed || outcome == Verdicts.Outcome.Withheld) dispute.wrong |= mask;
        _arrive(dispute, dispute.revealed == dispute.committed, nowSeconds);
    }

    /// @notice Anyone's. Whether the beacon drew these, the caller has to know.
    function empanel(Case storage self, NetworkSteps.Seat[] memory seats, uint256 nowSeconds) internal {
        Dispute storage dispute = self.dispute;
        _requireAwaited(dispute, nowSeconds);
        Phase phase = dispute.phase;
        require(phase == Phase.Called || phase == Phase.Appealed, PhaseOther(phase));
        bool isFirst = phase == Phase.Called;
        _requireSeatable(self, seats, isFirst ? 1 : JURORS_TO_SLASH, JURORS_MAX);
        _seat(self, isFirst ? dispute.jurors : dispute.secondJurors, seats, isFirst ? JUROR : 0);
        _reach(dispute, isFirst ? Phase.Empanelled : Phase.Reheard, uint40(nowSeconds));
    }

    /// @notice A juror's, once: it is shown at once.
    function vote(Case storage self, address by, bool isWrong, uint256 nowSeconds) internal {
        Dispute storage dispute = self.dispute;
        _requireAwaited(dispute, nowSeconds);
        Phase phase = dispute.phase;
        require(phase == Phase.Empanelled || phase == Phase.Reheard, PhaseOther(phase));
        if (phase == Phase.Empanelled) {
            (, uint8 mask) = dispute.jurors.free(by, type(uint8).max, dispute.voted);
            dispute.voted |= mask;
            if (isWrong) dispute.votedWrong |= mask;
            _arrive(dispute, dispute.voted == _all(dispute.jurors.length), nowSeconds);
        } else {
            (, uint8 mask) = dispute.secondJurors.free(by, type(uint8).max, dispute.votedAgain);
            dispute.votedAgain |= mask;
            if (isWrong) dispute.votedAgainWrong |= mask;
            _arrive(dispute, dispute.votedAgain == _all(dispute.secondJurors.length), nowSeconds);
        }
    }

    /// @notice Anyone's.
    function appeal(Case storage self, uint256 nowSeconds) internal {
        Dispute storage dispute = self.dispute;
        _requireAwaited(dispute, nowSeconds);
        require(dispute.phase == Phase.Judged, PhaseOther(dispute.phase));
        (dispute.isAppealed, dispute.tries) = (true, 0);
        _reach(dispute, Phase.Appealed, uint40(nowSeconds));
    }

    /// @notice Anyone's. Whether the result was planted, the caller has to know.
    function dismiss(Case storage self, uint256 nowSeconds) internal {
        _requireAwaited(self.dispute, nowSeconds);
        _end(self.dispute, Ending.Planted, uint40(nowSeconds));
    }

    /// @notice Anyone's: what the phase waits for is late. What follows counts from the deadline's own second.
    function expire(Case storage self, uint256 nowSeconds) internal {
        Dispute storage dispute = self.dispute;
        _requireTimely(dispute, nowSeconds);
        uint40 at = dispute.deadline;
        require(nowSeconds >= at, Refusals.NotDue(at));
        Phase phase = dispute.phase;
        if (phase == Phase.Judged) return _end(dispute, dispute.verdict, at);
        if (phase != Phase.Opened && phase != Phase.Called && phase != Phase.Appealed) return _afterRound(dispute, at);
        dispute.tries += 1;
        if (dispute.tries < TRIES_MAX) return _reach(dispute, phase, at);
        // Where no second jury can be drawn the first one's verdict stands.
        _end(dispute, phase == Phase.Appealed ? dispute.verdict : Ending.Undrawn, at);
    }

    /// @notice What a jury finds: more than two thirds of at least five slash, at most a third clears, what lies between withholds the fee.
    function verdictOf(uint256 jurors, uint8 votedWrong) internal pure returns (Ending) {
        uint256 wrong = _count(votedWrong);
        if (wrong * 3 <= jurors) return Ending.Cleared;
        return wrong * 3 > jurors * 2 && jurors >= JURORS_TO_SLASH ? Ending.Slashed : Ending.Withheld;
    }

    /// @notice Whether a second jury has found less than the first one.
    function isAppealWon(Dispute storage dispute) internal view returns (bool) {
        return dispute.phase == Phase.Ended && dispute.isAppealed && dispute.ending != dispute.verdict;
    }

    /// @notice How long each phase waits for what leads on. A draw waits so long for each of its tries.
    function secondsOf(Phase phase) internal pure returns (uint40) {
        if (phase == Phase.Seated || phase == Phase.Empanelled || phase == Phase.Reheard) return 3_600;
        // Others wait three epochs: a draw is made in the second after the one in which it was asked for.
        return phase == Phase.Judged ? 86_400 : 1_800;
    }

    function _requireTimely(Dispute storage dispute, uint256 nowSeconds) private view {
        Refusals.requireSecond(nowSeconds);
        require(dispute.phase != Phase.Ended, Ended());
        require(nowSeconds >= dispute.at, Refusals.ClockBack(dispute.at));
    }

    function _requireAwaited(Dispute storage dispute, uint256 nowSeconds) private view {
        _requireTimely(dispute, nowSeconds);
        require(nowSeconds < dispute.deadline, Refusals.DeadlineDue(dispute.deadline));
    }

    /// So many seats, of as many nodes and owners, none of an owner that the phase bars.
    function _requireSeatable(Case storage self, NetworkSteps.Seat[] memory seats, uint256 least, uint256 most)
        private
        view
    {
        require(seats.length >= least && seats.length <= most, SeatsBad());
        uint8 barred = barredIn(self.dispute.phase);
        for (uint256 i = 0; i < seats.length; ++i) {
            require(self.roles[seats[i].owner] & barred == 0, SeatsBad());
            for (uint256 j = 0; j < i; ++j) {
                require(seats[i].node != seats[j].node && seats[i].owner != seats[j].owner, SeatsBad());
            }
        }
    }

    function _seat(Case storage self, address[] storage places, NetworkSteps.Seat[] memory seats, uint8 role) private {
        for (uint256 i = 0; i < seats.length; ++i) {
            places.push(seats[i].node);
            self.roles[seats[i].owner] |= role;
        }
    }

    /// After one more arrival: on to what follows when it was the last one.
    function _arrive(Dispute storage dispute, bool isLast, uint256 nowSeconds) private {
        if (isLast) _afterRound(dispute, uint40(nowSeconds));
        else dispute.at = uint40(nowSeconds);
    }

    /// What follows a round: the next one, others' turn, or the end.
    function _afterRound(Dispute storage dispute, uint40 at) private {
        Phase phase = dispute.phase;
        if (phase == Phase.Seated && dispute.committed != 0) {
            _reach(dispute, Phase.Committed, at);
        } else if (phase == Phase.Seated || phase == Phase.Committed) {
            _afterVerdicts(dispute, at);
        } else if (phase == Phase.Empanelled) {
            Ending verdict = verdictOf(dispute.jurors.length, dispute.votedWrong);
            dispute.verdict = verdict;
            if (verdict == Ending.Cleared) _end(dispute, verdict, at);
            else _reach(dispute, Phase.Judged, at);
        } else {
            Ending second = verdictOf(dispute.secondJurors.length, dispute.votedAgainWrong);
            // An appeal never makes it worse.
            _end(dispute, second < dispute.verdict ? second : dispute.verdict, at);
        }
    }

    /// Two that find the result wrong call a jury; where the silent and the undecided could still turn it, three others are drawn.
    function _afterVerdicts(Dispute storage dispute, uint40 at) private {
        if (_count(dispute.wrong) >= WRONG_MIN) {
            dispute.tries = 0;
            return _reach(dispute, Phase.Called, at);
        }
        if (VALIDATORS - _count(dispute.passed) < WRONG_MIN) return _end(dispute, Ending.Cleared, at);
        if (dispute.round >= ROUNDS_MAX) return _end(dispute, Ending.Undecided, at);
        (dispute.round, dispute.tries) = (dispute.round + 1, 0);
        (dispute.committed, dispute.revealed, dispute.passed, dispute.wrong) = (0, 0, 0, 0);
        _reach(dispute, Phase.Opened, at);
    }

    function _reach(Dispute storage dispute, Phase phase, uint40 at) private {
        (dispute.phase, dispute.at, dispute.deadline) = (phase, at, at + secondsOf(phase));
    }

    function _end(Dispute storage dispute, Ending ending, uint40 at) private {
        (dispute.phase, dispute.ending, dispute.at, dispute.deadline) = (Phase.Ended, ending, at, at);
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
