// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { INodeLevels } from "../../src/interfaces/INodeLevels.sol";
import { INodePool } from "../../src/interfaces/INodePool.sol";
import { NodeLevels } from "../../src/l2/NodeLevels.sol";
import { LevelRules } from "../../src/libraries/LevelRules.sol";
import { NodeLives } from "../../src/libraries/NodeLives.sol";
import { NodeNetwork } from "../support/NodeNetwork.sol";

contract NodeLevelsRuleTest is NodeNetwork {
    address internal node;

    function setUp() public override {
        super.setUp();
        node = activeNode(1);
    }

    function count(LevelRules.Outcome outcome, uint256 times) internal {
        for (uint256 i = 0; i < times; ++i) {
            vm.prank(address(tasks));
            levels.count(node, outcome);
        }
    }

    function test_FindsALevelFromTheNetworksTasks() public {
        count(LevelRules.Outcome.Passed, 2);
        assertEq(levels.levelOf(node), 0, "not yet");
        expectEvent(address(levels));
        emit INodeLevels.OutcomeCounted(node, LevelRules.Outcome.Passed, 1, 0);
        count(LevelRules.Outcome.Passed, 1);
        assertEq(levels.levelOf(node), 1, "three on end");
        assertEq(levels.assessmentOf(node).assessor, address(tasks), "found by the tasks");
        assertState(node, NodeLives.State.Assessed, "and told to the pool");
        assertEq(levels.historyOf(node).length, 1, "on record");
    }

    function test_CountsThirtyDaysFromTheLastTask() public {
        count(LevelRules.Outcome.Passed, 3);
        wait(30 days);
        assertEq(levels.levelOf(node), 1, "to the last second");
        wait(1);
        assertEq(levels.levelOf(node), 0, "no longer known");
        assertEq(levels.difficultyOf(node), 1, "it begins anew");
        count(LevelRules.Outcome.Passed, 3);
        assertEq(levels.levelOf(node), 1, "three passes again");
        assertEq(levels.historyOf(node).length, 3, "up, forgotten, up");
    }

    function test_GoesOnFromAnAssessorsWord() public {
        assess(node, 5);
        assertEq(levels.difficultyOf(node), 5, "its own");
        count(LevelRules.Outcome.Passed, 1);
        assertEq(levels.difficultyOf(node), 6, "and the next by turns");
        vm.prank(owner);
        levels.removeAssessor(assessor);
        assertEq(levels.levelOf(node), 0, "a level that was only kept stays the assessor's word");
        vm.prank(owner);
        levels.addAssessor(assessor);
        count(LevelRules.Outcome.Passed, 5);
        assertEq(levels.levelOf(node), 6, "risen");
        vm.prank(owner);
        levels.removeAssessor(assessor);
        assertEq(levels.levelOf(node), 6, "what a node rose to was found");
    }

    function test_EndsAtThreeWhereEnginesCannotBeProved() public {
        vm.prank(owner);
        levels.setProved(CLASS, false);
        count(LevelRules.Outcome.Passed, 60);
        assertEq(levels.levelOf(node), 3, "as far as it gets");
        vm.prank(owner);
        expectEvent(address(levels));
        emit INodeLevels.ClassProved(CLASS, true);
        levels.setProved(CLASS, true);
        count(LevelRules.Outcome.Passed, 60);
        assertEq(levels.levelOf(node), 10, "to the top");
        assertEq(levels.historyOf(node).length, 10, "step by step");
    }

    function test_TellsThePoolWhatWasLostByAbsenceAndNoMore() public {
        assess(node, 5);
        uint256 at = pool.lifeOf(node).levelUntil;
        wait(60);
        count(LevelRules.Outcome.Missed, 2);
        assertEq(pool.lifeOf(node).levelUntil, at, "who wasn't there was not looked at");
        count(LevelRules.Outcome.Missed, 5);
        assertEq(levels.levelOf(node), 4, "four of its own missed");
        assertEq(pool.lifeOf(node).level, 4, "told");
    }

    function test_RevertWhen_TheCallerIsNotTheTasks() public {
        vm.expectRevert(abi.encodeWithSelector(INodeLevels.NotTasks.selector, assessor));
        vm.prank(assessor);
        levels.count(node, LevelRules.Outcome.Passed);
    }

    function test_RevertWhen_TheCallerIsNotTheOwner() public {
        bytes memory refusal = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger);
        vm.expectRevert(refusal);
        vm.prank(stranger);
        levels.setProved(CLASS, false);
        vm.expectRevert(refusal);
        vm.prank(stranger);
        levels.join(pool, address(tasks), guardFreezes, juryFreezes);
    }

    function test_RevertWhen_JoinedTwiceOrToAnothersPool() public {
        vm.expectRevert(abi.encodeWithSelector(INodeLevels.JoinedAlready.selector));
        vm.prank(owner);
        levels.join(pool, address(tasks), guardFreezes, juryFreezes);
        NodeLevels other = new NodeLevels(owner);
        vm.expectRevert(abi.encodeWithSelector(INodeLevels.JoinedElsewhere.selector, address(levels)));
        vm.prank(owner);
        other.join(INodePool(address(pool)), address(tasks), guardFreezes, juryFreezes);
    }

    function test_SaysWhomGuardsOrJuriesFreeze() public {
        address node = nodeOf(1);
        assertTrue(!levels.isFrozen(node), "nobody");
        guardFreezes.set(node, true);
        assertTrue(levels.isFrozen(node), "guards do");
        assertTrue(!levels.isFrozen(nodeOf(2)), "nobody else");
        guardFreezes.set(node, false);
        juryFreezes.set(node, true);
        assertTrue(levels.isFrozen(node), "juries do");
        assertTrue(!new NodeLevels(owner).isFrozen(node), "before it was joined");
    }
}
