// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { INodePool } from "../../src/interfaces/INodePool.sol";
import { ISessions } from "../../src/interfaces/ISessions.sol";
import { NodeLives } from "../../src/libraries/NodeLives.sol";
import { NodeSteps } from "../../src/libraries/NodeSteps.sol";
import { Refusals } from "../../src/libraries/Refusals.sol";
import { NodeNetwork } from "../support/NodeNetwork.sol";

contract NodePoolUseTest is NodeNetwork {
    uint32 internal account;
    address internal node;

    /// A node that is reserved for a session of the client, since now.
    function reserve(uint32 periodSeconds, uint32 tasksMax) internal {
        ISessions.SessionParams memory params = someParams();
        (params.reservePeriod, params.maxTaskExecutionCount) = (periodSeconds, tasksMax);
        account = openSession(params);
        node = nodeInPool(1, 3);
        vm.prank(client);
        pool.request(account);
        vm.warp(startOf(epochNow() + 2));
        pool.claim(account, node);
        wait(300);
        pool.draw(account);
    }

    function begin() internal {
        vm.prank(client);
        pool.beginTask(account, node);
    }

    function end() internal {
        vm.prank(client);
        pool.endTask(account, node);
    }

    function test_IsOverWithTheLastTaskThatWasReserved() public {
        reserve(3_000, 2);
        vm.expectRevert(abi.encodeWithSelector(NodeSteps.NoTaskRunning.selector));
        end();
        begin();
        begin();
        vm.expectRevert(abi.encodeWithSelector(NodeSteps.NoTaskLeft.selector));
        begin();
        end();
        assertState(node, NodeLives.State.Reserved, "one is still running");
        end();
        assertState(node, NodeLives.State.Released, "over with the last one");
        assertEq(pool.lifeOf(node).coolUntil, block.timestamp + 600, "cools down");
    }

    function test_IsOverAtItsSecondWhateverRuns() public {
        reserve(1_000, 0);
        uint256 until = block.timestamp + 1_000;
        begin();
        vm.warp(until - 1);
        vm.prank(node);
        pool.ping();
        begin();
        assertState(node, NodeLives.State.Reserved, "to the last second");
        vm.warp(until);
        assertState(node, NodeLives.State.Released, "and not one longer");
        vm.expectRevert(abi.encodeWithSelector(Refusals.DeadlineDue.selector, until));
        begin();
        expectEvent(address(pool));
        emit INodePool.NodeExpired(node, NodeLives.Deadline.Reservation, until, NodeLives.State.Released);
        pool.expire(node);
    }

    function test_IsReleasedByTheSession() public {
        reserve(3_000, 0);
        vm.prank(client);
        pool.release(account, node);
        assertState(node, NodeLives.State.Released, "released");
        vm.expectRevert(abi.encodeWithSelector(NodeSteps.StateOther.selector, NodeLives.State.Released));
        vm.prank(node);
        pool.enterPool();
        assess(node, 3);
        wait(600);
        vm.prank(node);
        pool.enterPool();
        assertState(node, NodeLives.State.Ephemeral, "assessed again, and back");
    }

    function test_RevertWhen_AnotherSessionUsesIt() public {
        reserve(3_000, 0);
        uint32 other = openSession(someParams());
        bytes memory refusal = abi.encodeWithSelector(NodeSteps.SessionOther.selector, other, account);
        vm.expectRevert(refusal);
        vm.prank(client);
        pool.beginTask(other, node);
        vm.expectRevert(refusal);
        vm.prank(client);
        pool.endTask(other, node);
        vm.expectRevert(refusal);
        vm.prank(client);
        pool.release(other, node);
    }

    function test_RevertWhen_WhoUsesItDoesNotSpeakForTheSession() public {
        reserve(3_000, 0);
        bytes memory refusal = abi.encodeWithSelector(Refusals.NotYours.selector, stranger);
        vm.expectRevert(refusal);
        vm.prank(stranger);
        pool.beginTask(account, node);
        vm.expectRevert(refusal);
        vm.prank(stranger);
        pool.release(account, node);
        vm.expectRevert(refusal);
        vm.prank(stranger);
        pool.beginTask(99, node);
    }

    function test_TakesNoRequestWhileItsNodesAreHeld() public {
        reserve(3_000, 0);
        vm.expectRevert(abi.encodeWithSelector(INodePool.StillReserved.selector, account, node));
        vm.prank(client);
        pool.request(account);
        wait(3_000);
        vm.prank(client);
        pool.request(account);
        assertTrue(!pool.requestOf(account).isDrawn, "asked again once they are free, enforced or not");
    }

    /// Tasks and time are exact, whatever happens in between.
    function testFuzz_CountsTasksAndTimeExactly(uint8[40] memory uses, uint256 tasksMax, uint256 period) public {
        tasksMax = bound(tasksMax, 0, 6);
        period = bound(period, 1, 400);
        reserve(uint32(period), uint32(tasksMax));
        uint256 until = vm.getBlockTimestamp() + period;
        uint256 begun = 0;
        uint256 ended = 0;
        for (uint256 i = 0; i < uses.length; ++i) {
            wait(uses[i] / 8);
            bool isOpen = vm.getBlockTimestamp() < until && !(tasksMax > 0 && ended == tasksMax);
            bool isBegin = uses[i] % 2 == 0;
            bool may = isOpen && (isBegin ? tasksMax == 0 || begun < tasksMax : ended < begun);
            vm.prank(client);
            (bool ok,) = address(pool)
                .call(
                    isBegin
                        ? abi.encodeCall(INodePool.beginTask, (account, node))
                        : abi.encodeCall(INodePool.endTask, (account, node))
                );
            assertTrue(ok == may, "neither more nor fewer");
            if (ok && isBegin) begun += 1;
            if (ok && !isBegin) ended += 1;
        }
        bool isHeld = vm.getBlockTimestamp() < until && !(tasksMax > 0 && ended == tasksMax);
        assertTrue((stateOf(node) == NodeLives.State.Reserved) == isHeld, "held as long as it was reserved");
    }
}
