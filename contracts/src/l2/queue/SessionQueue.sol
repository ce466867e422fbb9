// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Multicall } from "@openzeppelin/contracts/utils/Multicall.sol";
import { IRouters } from "../../interfaces/IRouters.sol";
import { ISessionQueue } from "../../interfaces/ISessionQueue.sol";
import { ISessions } from "../../interfaces/ISessions.sol";
import { Precommits } from "../../libraries/Precommits.sol";
import { SessionTasks } from "../../libraries/SessionTasks.sol";
import { Tasks } from "../../libraries/Tasks.sol";
import { Admission } from "./Admission.sol";

/// @title SessionQueue
/// @dev `multicall` lets whoever is next enforce a deadline and act in one transaction.
contract SessionQueue is Admission, Multicall {
    using SessionTasks for SessionTasks.State;
    using SessionTasks for uint8;

    mapping(bytes32 taskId => SessionTask) internal _tasks;
    mapping(bytes32 taskId => mapping(uint256 index => Seat)) internal _seats;

    constructor(ISessions sessions_, IRouters routers_) Admission(sessions_, routers_) { }

    /* ENQUEUED */

    /// @inheritdoc ISessionQueue
    function enqueue(Tasks.Task calldata task, Terms calldata terms, Payload calldata payload)
        external
        returns (bytes32 taskId)
    {
        address client = _admit(task, terms, payload);
        taskId = Tasks.hashTask(task);
        SessionTask storage held = _tasks[taskId];
        require(held.client == address(0), TaskExists(taskId));

        held.client = client;
        held.account = task.account;
        held.workSeconds = terms.workSeconds;
        held.redundancy = task.redundancy;
        uint40 deadlineSeconds = uint40(block.timestamp) + SessionTasks.ENQUEUED_SECONDS;
        held.state.assigner = terms.assigner;
        held.state.deadlineSeconds = deadlineSeconds;
        emit TaskEnqueued(taskId, task.account, terms.assigner, msg.sender, terms.workSeconds, task, payload);
        emit PhaseBegun(taskId, SessionTasks.Phase.Enqueued, deadlineSeconds);
    }

    /// @inheritdoc ISessionQueue
    function assign(bytes32 taskId, address[] calldata miners) external {
        (SessionTask storage task, SessionTasks.State memory state) = _timely(taskId, SessionTasks.Phase.Enqueued);
        require(_isAssigner(state.assigner, msg.sender), NotAssigner(msg.sender, state.assigner));
        uint256 count = miners.length;
        require(count != 0 && count <= task.redundancy, SeatsOutOfBounds(count, task.redundancy));
        for (uint256 i = 0; i < count; ++i) {
            for (uint256 j = 0; j < i; ++j) {
                require(miners[i] != miners[j], SeatTwice(miners[i]));
            }
            _seats[taskId][i].miner = miners[i];
        }

        state.seatCount = uint8(count);
        state.enter(SessionTasks.Phase.Assigned, uint40(block.timestamp) + SessionTasks.ASSIGNED_SECONDS);
        task.state = state;
        emit TaskAssigned(taskId, miners);
        emit PhaseBegun(taskId, SessionTasks.Phase.Assigned, state.deadlineSeconds);
    }

    /* ROUNDS */

    /// @inheritdoc ISessionQueue
    function ack(bytes32 taskId) external {
        (SessionTask storage task, SessionTasks.State memory state) = _timely(taskId, SessionTasks.Phase.Assigned);
        uint8 all = SessionTasks.allOf(state.seatCount);
        uint256 seat = _seatOf(taskId, state.seatCount, all, state.acked);
        state.acked = state.acked.withSeat(seat);
        emit TaskAcked(taskId, msg.sender);
        _inRound(taskId, task, state, state.acked == all);
    }

    /// @inheritdoc ISessionQueue
    function precommit(bytes32 taskId, bytes32 hash) external {
        (SessionTask storage task, SessionTasks.State memory state) = _timely(taskId, SessionTasks.Phase.Acked);
        uint256 seat = _seatOf(taskId, state.seatCount, state.acked, state.precommitted);
        require(hash != 0, HashZero());
        _seats[taskId][seat].bound = hash;
        state.precommitted = state.precommitted.withSeat(seat);
        emit TaskPrecommitted(taskId, msg.sender, hash);
        _inRound(taskId, task, state, state.precommitted == state.acked);
    }

    /// @inheritdoc ISessionQueue
    function commit(bytes32 taskId, bytes32 resultHash, bytes32 salt) external {
        (SessionTask storage task, SessionTasks.State memory state) = _timely(taskId, SessionTasks.Phase.Precommitted);
        uint256 index = _seatOf(taskId, state.seatCount, state.precommitted, state.committed);
        Seat storage seat = _seats[taskId][index];
        bytes32 shown = Precommits.precommitHash(taskId, msg.sender, salt, resultHash);
        require(shown == seat.bound, CommitOther(shown, seat.bound));
        seat.bound = resultHash;
        state.committed = state.committed.withSeat(index);
        emit TaskCommitted(taskId, msg.sender, resultHash, salt);
        _inRound(taskId, task, state, state.committed == state.precommitted);
    }

    /* ENDED */

    /// @inheritdoc ISessionQueue
    function end(bytes32 taskId) external {
        (SessionTask storage task, SessionTasks.State memory state) = _timely(taskId, SessionTasks.Phase.Committed);
        require(msg.sender == task.client, NotClient(msg.sender, task.client));
        _advance(taskId, task, state, uint40(block.timestamp));
    }

    /// @inheritdoc ISessionQueue
    function expire(bytes32 taskId) external {
        (SessionTask storage task, SessionTasks.State memory state) = _running(taskId);
        uint40 deadlineSeconds = state.deadlineSeconds;
        require(block.timestamp >= deadlineSeconds, DeadlineNotDue(deadlineSeconds));
        emit DeadlineEnforced(taskId, state.phase, deadlineSeconds, msg.sender);
        _advance(taskId, task, state, deadlineSeconds);
    }

    /* VIEWS */

    /// @inheritdoc ISessionQueue
    function taskOf(bytes32 taskId) external view returns (SessionTask memory) {
        return _tasks[taskId];
    }

    /// @inheritdoc ISessionQueue
    function seatsOf(bytes32 taskId) external view returns (Seat[] memory seats) {
        seats = new Seat[](_tasks[taskId].state.seatCount);
        for (uint256 i = 0; i < seats.length; ++i) {
            seats[i] = _seats[taskId][i];
        }
    }

    /// @inheritdoc ISessionQueue
    function isAssignerOf(bytes32 taskId, address caller) external view returns (bool) {
        return _isAssigner(_tasks[taskId].state.assigner, caller);
    }

    /* INTERNAL */

    function _running(bytes32 taskId)
        internal
        view
        returns (SessionTask storage task, SessionTasks.State memory state)
    {
        task = _tasks[taskId];
        require(task.client != address(0), TaskUnknown(taskId));
        state = task.state;
        require(state.phase != SessionTasks.Phase.Ended, TaskOver(taskId));
    }

    /// A task that awaits what is done in a phase, before its deadline.
    function _timely(bytes32 taskId, SessionTasks.Phase awaited)
        internal
        view
        returns (SessionTask storage task, SessionTasks.State memory state)
    {
        (task, state) = _running(taskId);
        require(block.timestamp < state.deadlineSeconds, DeadlineDue(state.deadlineSeconds));
        require(state.phase == awaited, PhaseOther(state.phase, awaited));
    }

    /// The caller's seat in a round of `seats`, of which those in `arrived` have given.
    function _seatOf(bytes32 taskId, uint256 seatCount, uint8 seats, uint8 arrived) internal view returns (uint256) {
        for (uint256 i = 0; i < seatCount; ++i) {
            if (_seats[taskId][i].miner != msg.sender) continue;
            require(seats.has(i), NotSeated(msg.sender));
            require(!arrived.has(i), AlreadyGiven(msg.sender));
            return i;
        }
        revert NotSeated(msg.sender);
    }

    /// The task after one more arrival: on to what follows when it was the last one.
    function _inRound(bytes32 taskId, SessionTask storage task, SessionTasks.State memory state, bool isWhole)
        internal
    {
        if (isWhole) _advance(taskId, task, state, uint40(block.timestamp));
        else task.state = state;
    }

    function _advance(bytes32 taskId, SessionTask storage task, SessionTasks.State memory state, uint40 atSeconds)
        internal
    {
        state.advance(task.redundancy, task.workSeconds, atSeconds);
        task.state = state;
        if (state.phase == SessionTasks.Phase.Ended) emit TaskEnded(taskId, state.ending, atSeconds);
        else emit PhaseBegun(taskId, state.phase, state.deadlineSeconds);
    }
}
