// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { INetworkTasks } from "../../src/interfaces/INetworkTasks.sol";
import { Draws } from "../../src/libraries/Draws.sol";
import { NetworkSteps } from "../../src/libraries/NetworkSteps.sol";
import { Refusals } from "../../src/libraries/Refusals.sol";
import { NetworkTasks } from "../../src/l2/nodes/NetworkTasks.sol";
import { SetBeacons } from "../support/SetBeacons.sol";
import { TaskNetwork } from "./TaskNetwork.sol";

contract NetworkTasksDrawsTest is TaskNetwork {
    function notEligible(address node) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(INetworkTasks.NotEligible.selector, node);
    }

    /// A node's place among all in the order of a draw.
    function placeOf(address node, uint8 purpose, uint64 epoch) internal view returns (uint256 place) {
        uint256 ticket = Draws.lowestTicket(purpose, beacons.beaconOf(epoch), taskId, node, 1);
        for (uint256 i = 0; i < nodes.length; ++i) {
            if (Draws.lowestTicket(purpose, beacons.beaconOf(epoch), taskId, nodes[i], 1) < ticket) place += 1;
        }
    }

    function test_RevertWhen_ARequestCannotBe() public {
        vm.expectRevert(abi.encodeWithSelector(Refusals.OutOfRange.selector, bytes32("difficulty"), 0));
        tasks.request(0, 0);
        vm.expectRevert(abi.encodeWithSelector(Refusals.OutOfRange.selector, bytes32("difficulty"), 11));
        tasks.request(11, 0);
        vm.expectRevert(abi.encodeWithSelector(INetworkTasks.PlaceOutOfRange.selector, 8, 7));
        tasks.request(5, 8);
        request();
        vm.expectRevert(abi.encodeWithSelector(INetworkTasks.TaskExists.selector, taskId));
        tasks.request(5, 0);
        tasks.request(5, 1);
        wait(EPOCH_SECONDS);
        tasks.request(5, 0);
    }

    function test_RevertWhen_EpochsAreTooLongForATask() public {
        SetBeacons slow = new SetBeacons(T0, 601);
        vm.expectRevert(abi.encodeWithSelector(INetworkTasks.EpochTooLong.selector, 601, 600));
        new NetworkTasks(NetworkTasks.Parts(registry, slow, weights, pool, levels));
    }

    function test_SeatsTheMakersThatTheBeaconDraws() public {
        open();
        address[] memory creators = task().creators;
        address[] memory preparers = task().preparers;
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(placeOf(creators[i], 1, epochNow()), 2 * i, "creators and preparers by turns");
            assertEq(placeOf(preparers[i], 1, epochNow()), 2 * i + 1, "of one draw");
            assertEq(tasks.drawnAt(creators[i]), block.timestamp, "drawn");
        }
        vm.expectRevert(abi.encodeWithSelector(INetworkTasks.TaskExists.selector, taskId));
        tasks.open(taskId);
    }

    function test_RevertWhen_ADrawIsOutOfItsTime() public {
        vm.expectRevert(abi.encodeWithSelector(INetworkTasks.TaskUnknown.selector, bytes32(0)));
        tasks.claim(0, INetworkTasks.Role.Maker, nodes[0]);
        request();
        uint256 opens = startOf(epochNow() + 2);
        vm.expectRevert(abi.encodeWithSelector(Draws.DrawEarly.selector, opens));
        tasks.claim(taskId, INetworkTasks.Role.Maker, nodes[0]);
        vm.expectRevert(abi.encodeWithSelector(Draws.DrawEarly.selector, opens + 300));
        tasks.open(taskId);
        vm.warp(opens + 300);
        vm.expectRevert(abi.encodeWithSelector(Draws.DrawLate.selector, opens + 300));
        tasks.claim(taskId, INetworkTasks.Role.Maker, nodes[0]);
        vm.expectRevert(abi.encodeWithSelector(NetworkSteps.SeatsBad.selector));
        tasks.open(taskId);
        vm.warp(opens + 600);
        vm.expectRevert(abi.encodeWithSelector(Draws.DrawLate.selector, opens + 600));
        tasks.open(taskId);
        vm.expectRevert(abi.encodeWithSelector(NetworkSteps.PhaseOther.selector, NetworkSteps.Phase.Requested));
        tasks.claim(taskId, INetworkTasks.Role.Solver, nodes[0]);
    }

    function test_RevertWhen_ANodeIsNotUpToTheRole() public {
        address weak = assessedNode(20, 1);
        request();
        wait(EPOCH_SECONDS);
        address late = assessedNode(21, 5);
        wait(EPOCH_SECONDS);
        vm.expectRevert(notEligible(weak));
        tasks.claim(taskId, INetworkTasks.Role.Maker, weak);
        vm.expectRevert(notEligible(late));
        tasks.claim(taskId, INetworkTasks.Role.Maker, late);
        vm.prank(ownerOfNode(0));
        pool.dedicate(nodes[0]);
        vm.expectRevert(notEligible(nodes[0]));
        tasks.claim(taskId, INetworkTasks.Role.Maker, nodes[0]);
        vm.prank(owner);
        verifiers.remove(vm.addr(VERIFIER_KEY));
        vm.expectRevert(notEligible(nodes[1]));
        tasks.claim(taskId, INetworkTasks.Role.Maker, nodes[1]);
    }

    function test_SeatsNoFrozenNode() public {
        request();
        toClaims();
        guardFreezes.set(nodes[0], true);
        juryFreezes.set(nodes[1], true);
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(notEligible(nodes[i]));
            tasks.claim(taskId, INetworkTasks.Role.Maker, nodes[i]);
        }
        juryFreezes.set(nodes[1], false);
        for (uint256 i = 1; i < 4; ++i) {
            tasks.claim(taskId, INetworkTasks.Role.Maker, nodes[i]);
        }
        juryFreezes.set(nodes[2], true);
        toDraw();
        tasks.open(taskId);
        assertEq(task().creators.length + task().preparers.length, 2, "whoever is left");
        address[2] memory seated = [task().creators[0], task().preparers[0]];
        for (uint256 i = 0; i < 2; ++i) {
            assertTrue(seated[i] == nodes[1] || seated[i] == nodes[3], "none that was frozen after its claim");
        }
    }

    function test_RevertWhen_AFrozenNodeWouldSolveOrScore() public {
        address solver = nodes[0];
        prepare();
        for (uint256 i = 0; i < nodes.length; ++i) {
            if (tasks.drawnAt(nodes[i]) == 0) solver = nodes[i];
        }
        pingAll();
        toClaims();
        juryFreezes.set(solver, true);
        vm.expectRevert(notEligible(solver));
        tasks.claim(taskId, INetworkTasks.Role.Solver, solver);
        vm.expectRevert(notEligible(solver));
        tasks.claim(taskId, INetworkTasks.Role.Scorer, solver);
        juryFreezes.set(solver, false);
        tasks.claim(taskId, INetworkTasks.Role.Solver, solver);
    }

    function test_SeatsOneNodeOfAnOwner() public {
        address twin = activeNodeOf(30, ownerOfNode(0));
        assess(twin, DIFFICULTY);
        request();
        toClaims();
        tasks.claim(taskId, INetworkTasks.Role.Maker, nodes[0]);
        bool isLower = tryClaim(INetworkTasks.Role.Maker, twin);
        tasks.claim(taskId, INetworkTasks.Role.Maker, nodes[1]);
        toDraw();
        tasks.open(taskId);
        address[2] memory seated = [task().creators[0], task().preparers[0]];
        address first = isLower ? twin : nodes[0];
        assertTrue(seated[0] == first || seated[1] == first, "the one with the lower ticket");
        assertTrue(seated[0] == nodes[1] || seated[1] == nodes[1], "and nobody else of that owner");
    }

    function test_NeverLetsAMakerSolveOrScore() public {
        prepare();
        address creator = task().creators[0];
        address twin = activeNodeOf(30, registry.ownerOf(task().preparers[0]));
        assess(twin, DIFFICULTY);
        toClaims();
        vm.expectRevert(notEligible(creator));
        tasks.claim(taskId, INetworkTasks.Role.Solver, creator);
        vm.expectRevert(notEligible(twin));
        tasks.claim(taskId, INetworkTasks.Role.Solver, twin);
        vm.expectRevert(notEligible(twin));
        tasks.claim(taskId, INetworkTasks.Role.Scorer, twin);
    }

    function test_SeatsScorersFirstAndThenSolversOfOtherOwners() public {
        start();
        NetworkSteps.Task memory started = task();
        for (uint256 i = 0; i < started.scorers.length; ++i) {
            for (uint256 j = 0; j < started.solvers.length; ++j) {
                assertTrue(started.scorers[i] != started.solvers[j], "apart");
            }
            uint256 place = placeOf(started.scorers[i], 2, epochNow());
            assertTrue(place < placeOf(started.solvers[0], 2, epochNow()), "the lowest tickets are scorers'");
        }
        for (uint256 j = 1; j < started.solvers.length; ++j) {
            uint256 before = placeOf(started.solvers[j - 1], 2, epochNow());
            assertTrue(before < placeOf(started.solvers[j], 2, epochNow()), "in order");
        }
    }

    function test_LetsWhoWasDrawnCoolDown() public {
        open();
        address creator = task().creators[0];
        bytes32 next = tasks.request(DIFFICULTY, 1);
        toClaims();
        vm.expectRevert(notEligible(creator));
        tasks.claim(next, INetworkTasks.Role.Maker, creator);
        next = tasks.request(DIFFICULTY, 1);
        pingAll();
        toClaims();
        tasks.claim(next, INetworkTasks.Role.Maker, creator);
    }

    function test_TakesSolversWhoseTurnTheDifficultyIs() public {
        address weak = assessedNode(20, 2);
        prepare();
        toClaims();
        vm.expectRevert(notEligible(weak));
        tasks.claim(taskId, INetworkTasks.Role.Solver, weak);
    }

    /// A claim with a higher ticket changes nothing, in whatever order they come.
    function testFuzz_KeepsTheLowestWhateverTheOrder(uint256 first, uint256 step) public {
        step = 2 * bound(step, 0, 7) + 1;
        request();
        toClaims();
        for (uint256 i = 0; i < 16; ++i) {
            tryClaim(INetworkTasks.Role.Maker, nodes[(first % 16 + i * step) % 16]);
        }
        toDraw();
        tasks.open(taskId);
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(placeOf(task().creators[i], 1, epochNow()), 2 * i, "creator");
            assertEq(placeOf(task().preparers[i], 1, epochNow()), 2 * i + 1, "preparer");
        }
    }
}
