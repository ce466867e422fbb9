// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { INodePool } from "../../src/interfaces/INodePool.sol";
import { IRegistry } from "../../src/interfaces/IRegistry.sol";
import { NodeLives } from "../../src/libraries/NodeLives.sol";
import { NodeSteps } from "../../src/libraries/NodeSteps.sol";
import { Refusals } from "../../src/libraries/Refusals.sol";
import { NodePool } from "../../src/l2/nodes/NodePool.sol";
import { NodeNetwork } from "../support/NodeNetwork.sol";

contract NodePoolLifeTest is NodeNetwork {
    function expectMove(address node, NodeSteps.Kind kind, NodeLives.State from, NodeLives.State to) internal {
        expectEvent(address(pool));
        emit INodePool.NodeMoved(node, kind, from, to);
    }

    function refusedIn(NodeLives.State state) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(NodeSteps.StateOther.selector, state);
    }

    function ping(address node) internal {
        vm.prank(node);
        pool.ping();
    }

    function test_FollowsTheRegistryWithTheFirstPing() public {
        address node = registerNode(1, ownerOfNode(1));
        verifyNode(1, uint64(block.timestamp + 30 days));
        expectMove(node, NodeSteps.Kind.Register, NodeLives.State.Unregistered, NodeLives.State.Registered);
        expectMove(node, NodeSteps.Kind.Verify, NodeLives.State.Registered, NodeLives.State.Verified);
        expectMove(node, NodeSteps.Kind.Ping, NodeLives.State.Verified, NodeLives.State.Active);
        ping(node);
        assertEq(pool.lifeOf(node).verifiedUntil, block.timestamp + 30 days, "verified as long as the registry says");
        assertEq(pool.lifeOf(node).activeSince, block.timestamp, "since now");
    }

    function test_RevertWhen_WhoPingsIsUnknownOrUnverified() public {
        vm.expectRevert(refusedIn(NodeLives.State.Unregistered));
        ping(stranger);
        address node = registerNode(1, ownerOfNode(1));
        vm.expectRevert(refusedIn(NodeLives.State.Registered));
        ping(node);
    }

    function test_EntersThePoolWithALevelAndLeavesIt() public {
        address node = activeNode(1);
        vm.expectRevert(refusedIn(NodeLives.State.Active));
        vm.prank(node);
        pool.enterPool();
        assess(node, 3);
        assertState(node, NodeLives.State.Assessed, "assessed");
        vm.prank(node);
        pool.enterPool();
        assertState(node, NodeLives.State.Ephemeral, "in the pool");
        vm.prank(node);
        pool.leavePool();
        vm.expectRevert(abi.encodeWithSelector(NodeSteps.Cooling.selector, block.timestamp + 600));
        vm.prank(node);
        pool.enterPool();
        wait(600);
        vm.prank(node);
        pool.enterPool();
        assertState(node, NodeLives.State.Ephemeral, "in the pool again");
    }

    function test_IsUnverifiedWhenItsVerifierIsStruckOff() public {
        address node = nodeInPool(1, 3);
        vm.prank(owner);
        verifiers.remove(vm.addr(VERIFIER_KEY));
        vm.prank(stranger);
        pool.heed(node);
        assertState(node, NodeLives.State.Registered, "nobody vouches for it");
        assertEq(pool.lifeOf(node).level, 0, "its level is forgotten");
        pool.heed(node);
        assertState(node, NodeLives.State.Registered, "heeding again changes nothing");
    }

    function test_LosesItsLevelWithAnotherEngine() public {
        address node = nodeInPool(1, 3);
        vm.prank(ownerOfNode(1));
        registry.update(node, someDetails(keccak256("another class")));
        verifyNode(1, uint64(block.timestamp + 20 days));
        vm.expectRevert(refusedIn(NodeLives.State.Verified));
        vm.prank(node);
        pool.leavePool();
        ping(node);
        assertState(node, NodeLives.State.Active, "as one that was never assessed");
        assertEq(pool.lifeOf(node).level, 0, "its level was another's");
    }

    function test_StaysInThePoolWhenItIsVerifiedAgain() public {
        address node = nodeInPool(1, 3);
        verifyNode(1, uint64(block.timestamp + 29 days));
        ping(node);
        assertState(node, NodeLives.State.Ephemeral, "the same node");
        assertEq(pool.lifeOf(node).verifiedUntil, block.timestamp + 29 days, "until the new expiry");
    }

    function test_LeavesForGood() public {
        address node = nodeInPool(1, 3);
        vm.prank(ownerOfNode(1));
        registry.leave(node);
        pool.heed(node);
        assertState(node, NodeLives.State.Left, "left");
        vm.expectRevert(refusedIn(NodeLives.State.Left));
        ping(node);
    }

    function test_IsDedicatedByItsOwnerAlone() public {
        address node = assessedNode(1, 3);
        vm.expectRevert(abi.encodeWithSelector(Refusals.NotYours.selector, stranger));
        vm.prank(stranger);
        pool.dedicate(node);
        vm.prank(ownerOfNode(1));
        pool.dedicate(node);
        assertState(node, NodeLives.State.Dedicated, "kept for its sessions");
        vm.expectRevert(abi.encodeWithSelector(Refusals.NotYours.selector, stranger));
        vm.prank(stranger);
        pool.undedicate(node);
        vm.prank(ownerOfNode(1));
        pool.undedicate(node);
        assertState(node, NodeLives.State.Active, "to be tested again");
    }

    function test_RevertWhen_SomebodyElseAssesses() public {
        address node = activeNode(1);
        vm.expectRevert(abi.encodeWithSelector(Refusals.NotYours.selector, assessor));
        vm.prank(assessor);
        pool.assess(node, 3);
    }

    function test_TakesNoLevelOfOneThatFellSilent() public {
        address node = activeNode(1);
        wait(3_600);
        expectEvent(address(pool));
        emit INodePool.NodeExpired(node, NodeLives.Deadline.Silence, block.timestamp, NodeLives.State.Silent);
        assess(node, 3);
        assertState(node, NodeLives.State.Silent, "what is due comes first");
        assertEq(pool.lifeOf(node).level, 0, "no level");
        assertEq(levels.levelOf(node), 3, "the assessor's word stands where it was given");
    }

    function test_ForgetsOneThatFallsSilent() public {
        address node = nodeInPool(1, 3);
        uint256 due = block.timestamp + 3_600;
        vm.warp(due - 1);
        vm.expectRevert(abi.encodeWithSelector(Refusals.NotDue.selector, due));
        pool.expire(node);
        vm.warp(due + 50);
        assertState(node, NodeLives.State.Silent, "silent before anyone says so");
        vm.expectRevert(abi.encodeWithSelector(Refusals.DeadlineDue.selector, due));
        ping(node);
        expectEvent(address(pool));
        emit INodePool.NodeExpired(node, NodeLives.Deadline.Silence, due, NodeLives.State.Silent);
        vm.prank(stranger);
        pool.expire(node);
        assertEq(pool.lifeOf(node).since, due, "from the deadline's own second on");
        vm.expectRevert(abi.encodeWithSelector(Refusals.NotDue.selector, pool.lifeOf(node).verifiedUntil));
        pool.expire(node);
    }

    function test_EnforcesWhatIsDueAndPingsInOneCall() public {
        address node = nodeInPool(1, 3);
        wait(4_000);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(NodePool.expire, (node));
        calls[1] = abi.encodeCall(NodePool.ping, ());
        vm.prank(node);
        pool.multicall(calls);
        assertState(node, NodeLives.State.Active, "heard of again");
    }

    /// However late whoever comes by, and in however many steps: the same life.
    function testFuzz_IsTheSameHoweverLateItIsEnforced(uint256 late, uint256 later) public {
        address node = nodeInPool(1, 3);
        (late, later) = (bound(late, 0, 40 days), bound(later, 0, 40 days));
        wait(late);
        (, uint256 at) = pool.deadlineOf(node);
        while (at <= vm.getBlockTimestamp()) {
            pool.expire(node);
            (, at) = pool.deadlineOf(node);
        }
        wait(later);
        NodeLives.Life memory now_ = pool.lifeNow(node);
        if (late + later < 1 hours) assertTrue(now_.state == NodeLives.State.Ephemeral, "in the pool");
        else if (late + later < 30 days) assertTrue(now_.state == NodeLives.State.Silent, "silent");
        else assertTrue(now_.state == NodeLives.State.Registered, "forgotten");
        if (late + later >= 1 hours) {
            assertEq(now_.coolUntil, T0 + 5 * EPOCH_SECONDS + 1 hours + 600, "cools since then");
        }
    }
}
