// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { INetworkTasks } from "../../src/interfaces/INetworkTasks.sol";
import { INodeLevels } from "../../src/interfaces/INodeLevels.sol";
import { LevelRules } from "../../src/libraries/LevelRules.sol";
import { NetworkSteps } from "../../src/libraries/NetworkSteps.sol";
import { Refusals } from "../../src/libraries/Refusals.sol";
import { Seats } from "../../src/libraries/Seats.sol";
import { TaskNetwork } from "./TaskNetwork.sol";

contract NetworkTasksPhasesTest is TaskNetwork {
    function test_EndsScoredAndTellsTheLevels() public {
        start();
        address[] memory solvers = task().solvers;
        address[] memory scorers = task().scorers;
        assertEq(solvers.length, 7, "seven solvers");
        assertEq(scorers.length, 3, "three scorers");
        for (uint256 i = 0; i < 7; ++i) {
            precommit(solvers[i]);
        }
        assertPhase(NetworkSteps.Phase.Precommitted, "all have");
        for (uint256 i = 0; i < 6; ++i) {
            commit(solvers[i]);
        }
        wait(120);
        tasks.expire(taskId);
        assertPhase(NetworkSteps.Phase.Committed, "goes on with what arrived");
        bool[] memory good = new bool[](6);
        for (uint256 i = 1; i < 6; ++i) {
            good[i] = true;
        }
        score(scorers[0], good);
        score(scorers[1], good);
        expectEvent(address(levels));
        emit INodeLevels.OutcomeCounted(solvers[0], LevelRules.Outcome.Failed, 5, 5);
        expectEvent(address(levels));
        emit INodeLevels.OutcomeCounted(solvers[1], LevelRules.Outcome.Passed, 5, 5);
        score(scorers[2], new bool[](6));
        assertEnding(NetworkSteps.Ending.Scored, "scored");
        for (uint256 i = 0; i < 7; ++i) {
            assertEq(levels.difficultyOf(solvers[i]), 6, "one task each was counted");
        }
        assertEq(levels.difficultyOf(scorers[0]), 5, "of nobody else");
    }

    function test_PassesTheTurnOnAndEndsWhenNobodyActs() public {
        open();
        address[] memory creators = task().creators;
        assertEq(creators.length, 3, "three stand by for one another");
        vm.expectRevert(abi.encodeWithSelector(Refusals.NotYours.selector, creators[1]));
        vm.prank(creators[1]);
        tasks.create(taskId, TOPIC);
        uint256 due = task().deadline;
        vm.expectRevert(abi.encodeWithSelector(Refusals.NotDue.selector, due));
        tasks.expire(taskId);
        vm.warp(due);
        vm.expectRevert(abi.encodeWithSelector(Refusals.DeadlineDue.selector, due));
        vm.prank(creators[0]);
        tasks.create(taskId, TOPIC);
        expectEvent(address(tasks));
        emit INetworkTasks.PhaseLate(taskId, NetworkSteps.Phase.Requested, due);
        vm.prank(stranger);
        tasks.expire(taskId);
        vm.prank(creators[1]);
        tasks.create(taskId, TOPIC);
        assertPhase(NetworkSteps.Phase.Created, "the second one's turn");
        wait(10_000);
        for (uint256 i = 0; i < 3; ++i) {
            tasks.expire(taskId);
        }
        assertEnding(NetworkSteps.Ending.Unprepared, "nobody prepared it");
        assertEq(task().deadline, due + 3 * 300, "as of the deadlines' own seconds");
        vm.expectRevert(abi.encodeWithSelector(NetworkSteps.Ended.selector));
        tasks.expire(taskId);
    }

    function test_RevertWhen_AnEventIsNotAwaited() public {
        open();
        address creator = task().creators[0];
        vm.expectRevert(abi.encodeWithSelector(NetworkSteps.PhaseOther.selector, NetworkSteps.Phase.Requested));
        vm.prank(creator);
        tasks.prepare(taskId, QUESTIONS);
        vm.expectRevert(abi.encodeWithSelector(Refusals.OutOfRange.selector, bytes32("topicHash"), 0));
        vm.prank(creator);
        tasks.create(taskId, 0);
        vm.expectRevert(abi.encodeWithSelector(INetworkTasks.TaskUnknown.selector, bytes32(0)));
        tasks.expire(0);
    }

    function test_RevertWhen_APrecommitIsCopied() public {
        start();
        address[] memory solvers = task().solvers;
        precommit(solvers[0]);
        bytes32 copied = precommitOf(solvers[0]);
        vm.expectRevert(abi.encodeWithSelector(Seats.Already.selector, solvers[0]));
        precommit(solvers[0]);
        vm.prank(solvers[1]);
        tasks.precommit(taskId, copied);
        wait(120);
        tasks.expire(taskId);
        commit(solvers[0]);
        bytes32 shown = keccak256(
            abi.encodePacked(
                "precommit-v1",
                block.chainid,
                address(tasks),
                taskId,
                solvers[1],
                saltOf(solvers[0]),
                resultOf(solvers[0])
            )
        );
        vm.expectRevert(abi.encodeWithSelector(NetworkSteps.CommitOther.selector, shown, copied));
        vm.prank(solvers[1]);
        tasks.commit(taskId, resultOf(solvers[0]), saltOf(solvers[0]));
        vm.expectRevert(abi.encodeWithSelector(Refusals.NotYours.selector, solvers[2]));
        commit(solvers[2]);
    }

    function test_RevertWhen_AScoreIsNotOfAllResults() public {
        start();
        address[] memory scorers = task().scorers;
        precommit(task().solvers[0]);
        wait(120);
        tasks.expire(taskId);
        commit(task().solvers[0]);
        vm.expectRevert(abi.encodeWithSelector(Refusals.OutOfRange.selector, bytes32("good"), 2));
        score(scorers[0], new bool[](2));
        vm.expectRevert(abi.encodeWithSelector(Refusals.NotYours.selector, stranger));
        score(stranger, new bool[](1));
    }

    function test_SaysNothingOfAnyoneWhenNobodyScored() public {
        start();
        address solver = task().solvers[0];
        precommit(solver);
        wait(120);
        tasks.expire(taskId);
        commit(solver);
        wait(600);
        expectEvent(address(tasks));
        emit INetworkTasks.TaskEnded(taskId, NetworkSteps.Ending.Unscored);
        tasks.expire(taskId);
        assertEq(levels.difficultyOf(solver), 5, "no task was counted");
    }

    /// Whoever is late in whatever phase: the task ends, in time, and each deadline fires once.
    function testFuzz_EndsWhoeverIsLate(uint256 acts) public {
        start();
        address[] memory solvers = task().solvers;
        address[] memory scorers = task().scorers;
        for (uint256 i = 0; i < 7; ++i) {
            if (acts >> i & 1 == 1) precommit(solvers[i]);
        }
        settle(NetworkSteps.Phase.Started);
        for (uint256 i = 0; i < 7; ++i) {
            vm.prank(solvers[i]);
            (bool ok,) =
                address(tasks).call(abi.encodeCall(tasks.commit, (taskId, resultOf(solvers[i]), saltOf(solvers[i]))));
            assertTrue(ok == (acts >> i & 1 == 1), "who precommitted");
        }
        for (uint256 i = 0; i < 3; ++i) {
            bool[] memory good = new bool[](seatsIn(acts));
            if (acts >> (7 + i) & 1 == 1 && good.length > 0) score(scorers[i], good);
        }
        settle(NetworkSteps.Phase.Committed);
        bool isScored = seatsIn(acts) > 0 && acts >> 7 & 7 != 0;
        NetworkSteps.Ending unscored =
            seatsIn(acts) == 0 ? NetworkSteps.Ending.Unanswered : NetworkSteps.Ending.Unscored;
        assertEnding(isScored ? NetworkSteps.Ending.Scored : unscored, "ending");
        for (uint256 i = 0; i < 7; ++i) {
            assertEq(levels.difficultyOf(solvers[i]), isScored ? 6 : 5, "counted when it was scored");
        }
    }

    function seatsIn(uint256 acts) internal pure returns (uint256 count) {
        for (uint256 i = 0; i < 7; ++i) {
            count += acts >> i & 1;
        }
    }

    /// Enforces the deadline of a phase, if the task is in it.
    function settle(NetworkSteps.Phase phase) internal {
        if (task().phase != phase) return;
        vm.warp(task().deadline);
        tasks.expire(taskId);
    }
}
