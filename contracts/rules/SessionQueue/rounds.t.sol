// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISessionQueue } from "../../src/interfaces/ISessionQueue.sol";
import { SessionTasks } from "../../src/libraries/SessionTasks.sol";
import { QueuedTasks } from "../../test/support/QueuedTasks.sol";

contract RoundsTest is QueuedTasks {
    function test_GoesThroughEveryPhase() public {
        bytes32 taskId = enqueued(3);
        expectEvent(address(queue));
        emit ISessionQueue.TaskAssigned(taskId, firstMiners(3));
        expectEvent(address(queue));
        emit ISessionQueue.PhaseBegun(taskId, SessionTasks.Phase.Assigned, NOW + 60);
        assign(taskId, 3);
        ack(taskId, miners[2]);
        ack(taskId, miners[0]);
        assertPhase(taskId, SessionTasks.Phase.Assigned, NOW + 60);
        vm.warp(NOW + 10);
        expectEvent(address(queue));
        emit ISessionQueue.TaskAcked(taskId, miners[1]);
        expectEvent(address(queue));
        emit ISessionQueue.PhaseBegun(taskId, SessionTasks.Phase.Acked, NOW + 10 + WORK_SECONDS);
        ack(taskId, miners[1]);

        for (uint256 i = 0; i < 3; ++i) {
            assertPhase(taskId, SessionTasks.Phase.Acked, NOW + 10 + WORK_SECONDS);
            expectEvent(address(queue));
            emit ISessionQueue.TaskPrecommitted(taskId, miners[i], precommitOf(taskId, miners[i], resultOf(miners[i])));
            precommit(taskId, miners[i], resultOf(miners[i]));
        }
        for (uint256 i = 0; i < 3; ++i) {
            assertPhase(taskId, SessionTasks.Phase.Precommitted, NOW + 10 + 120);
            expectEvent(address(queue));
            emit ISessionQueue.TaskCommitted(taskId, miners[i], resultOf(miners[i]), saltOf(miners[i]));
            commit(taskId, miners[i], resultOf(miners[i]));
        }
        assertPhase(taskId, SessionTasks.Phase.Committed, NOW + 10 + 600);
        ISessionQueue.Seat[] memory seats = queue.seatsOf(taskId);
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(seats[i].miner, miners[i], "in the order of the assignment");
            assertEq(seats[i].bound, resultOf(miners[i]), "its result");
        }
        expectEvent(address(queue));
        emit ISessionQueue.TaskEnded(taskId, SessionTasks.Ending.Whole, NOW + 10);
        vm.prank(client);
        queue.end(taskId);
        assertEnding(taskId, SessionTasks.Ending.Whole, NOW + 10);
    }

    function test_ARouterActsForItsOperator() public {
        bytes32 taskId = enqueued(1);
        address[] memory given = firstMiners(1);
        vm.expectRevert(abi.encodeWithSelector(ISessionQueue.NotAssigner.selector, stranger, operator));
        vm.prank(stranger);
        queue.assign(taskId, given);
        vm.expectRevert(abi.encodeWithSelector(ISessionQueue.NotAssigner.selector, client, operator));
        vm.prank(client);
        queue.assign(taskId, given);
        assertTrue(queue.isAssignerOf(taskId, router), "a router of the operator");
        assertTrue(!queue.isAssignerOf(taskId, stranger), "nobody else");
        vm.prank(router);
        queue.assign(taskId, given);
        assertEq(queue.seatsOf(taskId).length, 1, "assigned");
    }

    function test_RevertWhen_SeatsAreNoneTooManyOrTwice() public {
        bytes32 taskId = enqueued(2);
        address[] memory given = firstMiners(0);
        vm.prank(operator);
        vm.expectRevert(abi.encodeWithSelector(ISessionQueue.SeatsOutOfBounds.selector, 0, 2));
        queue.assign(taskId, given);
        given = firstMiners(3);
        vm.prank(operator);
        vm.expectRevert(abi.encodeWithSelector(ISessionQueue.SeatsOutOfBounds.selector, 3, 2));
        queue.assign(taskId, given);
        given = firstMiners(2);
        given[1] = given[0];
        vm.prank(operator);
        vm.expectRevert(abi.encodeWithSelector(ISessionQueue.SeatTwice.selector, given[0]));
        queue.assign(taskId, given);
        assertPhase(taskId, SessionTasks.Phase.Enqueued, NOW + 120);
    }

    function test_RevertWhen_ThereIsNoSuchTask() public {
        bytes memory refusal = abi.encodeWithSelector(ISessionQueue.TaskUnknown.selector, bytes32(0));
        vm.expectRevert(refusal);
        queue.expire(0);
        vm.expectRevert(refusal);
        queue.ack(0);
        vm.expectRevert(refusal);
        queue.end(0);
    }

    function test_RevertWhen_SomebodyHasNoSeatOrHasGiven() public {
        bytes32 taskId = enqueued(3);
        assign(taskId, 2);
        vm.expectRevert(abi.encodeWithSelector(ISessionQueue.NotSeated.selector, miners[2]));
        ack(taskId, miners[2]);
        ack(taskId, miners[0]);
        vm.expectRevert(abi.encodeWithSelector(ISessionQueue.AlreadyGiven.selector, miners[0]));
        ack(taskId, miners[0]);
        vm.warp(NOW + 60);
        queue.expire(taskId);
        vm.expectRevert(abi.encodeWithSelector(ISessionQueue.NotSeated.selector, miners[1]));
        precommit(taskId, miners[1], resultOf(miners[1]));
        vm.expectRevert(abi.encodeWithSelector(ISessionQueue.HashZero.selector));
        vm.prank(miners[0]);
        queue.precommit(taskId, 0);
        precommit(taskId, miners[0], resultOf(miners[0]));
        vm.expectRevert(
            abi.encodeWithSelector(
                ISessionQueue.PhaseOther.selector, SessionTasks.Phase.Precommitted, SessionTasks.Phase.Acked
            )
        );
        precommit(taskId, miners[0], resultOf(miners[0]));
    }

    /// Of another miner, task, queue or salt, a precommit opens nothing.
    function test_ACopiedPrecommitOpensNothing() public {
        bytes32 taskId = enqueued(2);
        acked(taskId, 2);
        bytes32 honest = precommitOf(taskId, miners[0], resultOf(miners[0]));
        vm.prank(miners[1]);
        queue.precommit(taskId, honest);
        precommit(taskId, miners[0], resultOf(miners[0]));
        commit(taskId, miners[0], resultOf(miners[0]));
        (bytes32 result, bytes32 salt) = (resultOf(miners[0]), saltOf(miners[0]));
        bytes32 shown = keccak256(
            abi.encodePacked("precommit-v1", block.chainid, address(queue), taskId, miners[1], salt, result)
        );
        vm.expectRevert(abi.encodeWithSelector(ISessionQueue.CommitOther.selector, shown, honest));
        vm.prank(miners[1]);
        queue.commit(taskId, result, salt);
        vm.warp(NOW + 120);
        queue.expire(taskId);
        vm.prank(client);
        queue.end(taskId);
        assertEnding(taskId, SessionTasks.Ending.Partial, NOW + 120);
    }

    function test_RevertWhen_SomebodyElseEnds() public {
        bytes32 taskId = enqueued(1);
        committed(taskId, 1);
        vm.expectRevert(abi.encodeWithSelector(ISessionQueue.NotClient.selector, operator, client));
        vm.prank(operator);
        queue.end(taskId);
    }

    function test_EnforcesADeadlineAndActsInOneTransaction() public {
        bytes32 taskId = enqueued(2);
        assign(taskId, 2);
        ack(taskId, miners[0]);
        vm.warp(NOW + 70);
        bytes32 hash = precommitOf(taskId, miners[0], resultOf(miners[0]));
        vm.expectRevert(abi.encodeWithSelector(ISessionQueue.DeadlineDue.selector, NOW + 60));
        vm.prank(miners[0]);
        queue.precommit(taskId, hash);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(queue.expire, (taskId));
        calls[1] = abi.encodeCall(queue.precommit, (taskId, hash));
        vm.prank(miners[0]);
        queue.multicall(calls);
        assertPhase(taskId, SessionTasks.Phase.Precommitted, NOW + 70 + 120);
    }

    /* DEADLINES */

    function expireAt(bytes32 taskId, SessionTasks.Phase phase, uint256 deadlineSeconds) internal {
        vm.warp(deadlineSeconds - 1);
        vm.expectRevert(abi.encodeWithSelector(ISessionQueue.DeadlineNotDue.selector, deadlineSeconds));
        queue.expire(taskId);
        vm.warp(deadlineSeconds);
        expectEvent(address(queue));
        emit ISessionQueue.DeadlineEnforced(taskId, phase, deadlineSeconds, stranger);
        vm.prank(stranger);
        queue.expire(taskId);
    }

    function test_EndsUnassigned() public {
        bytes32 taskId = enqueued(3);
        expireAt(taskId, SessionTasks.Phase.Enqueued, NOW + 120);
        assertEnding(taskId, SessionTasks.Ending.Unassigned, NOW + 120);
        vm.expectRevert(abi.encodeWithSelector(ISessionQueue.TaskOver.selector, taskId));
        queue.expire(taskId);
    }

    function test_EndsUnacked() public {
        bytes32 taskId = enqueued(3);
        assign(taskId, 3);
        expireAt(taskId, SessionTasks.Phase.Assigned, NOW + 60);
        assertEnding(taskId, SessionTasks.Ending.Unacked, NOW + 60);
    }

    function test_EndsUnanswered() public {
        bytes32 taskId = enqueued(3);
        acked(taskId, 3);
        expireAt(taskId, SessionTasks.Phase.Acked, NOW + WORK_SECONDS);
        assertEnding(taskId, SessionTasks.Ending.Unanswered, NOW + WORK_SECONDS);
    }

    function test_EndsUnrevealed() public {
        bytes32 taskId = enqueued(3);
        precommitted(taskId, 3);
        expireAt(taskId, SessionTasks.Phase.Precommitted, NOW + 120);
        assertEnding(taskId, SessionTasks.Ending.Unrevealed, NOW + 120);
    }

    function test_EndsPartialWithWhatArrived() public {
        bytes32 taskId = enqueued(3);
        committed(taskId, 2);
        expireAt(taskId, SessionTasks.Phase.Committed, NOW + 600);
        assertEnding(taskId, SessionTasks.Ending.Partial, NOW + 600);
    }

    /// Whoever is in time in each round, it goes on with them; and however late deadlines are enforced, to the same end at the
    /// same second.
    function testFuzz_GoesOnWithWhatArrived(uint8[3] memory came, uint32 lateSeconds) public {
        uint256 snapshot = vm.snapshotState();
        SessionTasks.State memory inTime = lateBy(0, came);
        vm.revertToState(snapshot);
        SessionTasks.State memory late = lateBy(lateSeconds, came);
        assertEq(keccak256(abi.encode(late)), keccak256(abi.encode(inTime)), "the same end");
        uint8 arrived = came[0] & came[1] & came[2] & 7;
        assertEq(inTime.committed, arrived, "who has arrived");
        if (arrived == 7) assertEq(uint256(inTime.ending), uint256(SessionTasks.Ending.Whole), "whole");
        else if (arrived != 0) assertEq(uint256(inTime.ending), uint256(SessionTasks.Ending.Partial), "partial");
        else assertTrue(inTime.ending >= SessionTasks.Ending.Unacked, "named after what nobody did");
    }

    function lateBy(uint32 lateSeconds, uint8[3] memory came) internal returns (SessionTasks.State memory) {
        bytes32 taskId = enqueued(3);
        assign(taskId, 3);
        uint8 seats = 7;
        for (uint256 round = 0; round < 3 && seats != 0; ++round) {
            uint8 arriving = seats & came[round];
            for (uint256 i = 0; i < 3; ++i) {
                if (SessionTasks.has(arriving, i)) arrive(taskId, round, miners[i]);
            }
            if (arriving != seats) expireLate(taskId, lateSeconds);
            seats = arriving;
        }
        if (seats != 0) expireLate(taskId, lateSeconds);
        return queue.taskOf(taskId).state;
    }

    /// What comes next comes at the deadline's own second.
    function expireLate(bytes32 taskId, uint32 lateSeconds) internal {
        uint256 deadlineSeconds = queue.taskOf(taskId).state.deadlineSeconds;
        vm.warp(deadlineSeconds + lateSeconds);
        queue.expire(taskId);
        vm.warp(deadlineSeconds);
    }

    function arrive(bytes32 taskId, uint256 round, address miner) internal {
        if (round == 0) ack(taskId, miner);
        else if (round == 1) precommit(taskId, miner, resultOf(miner));
        else commit(taskId, miner, resultOf(miner));
    }
}
