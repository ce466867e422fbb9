// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { INodeLevels } from "../../src/interfaces/INodeLevels.sol";
import { NodeLevels } from "../../src/l2/NodeLevels.sol";
import { Assertions } from "../../test/support/Assertions.sol";

contract AssessTest is Assertions {
    NodeLevels internal levels;
    address internal owner = address(0x0123);
    address internal assessor = address(0xA55E);
    address internal miner = address(0x3141);
    address internal stranger = address(0x57A4);

    function setUp() public {
        vm.warp(100 days);
        levels = new NodeLevels(owner);
    }

    function name(address account) internal {
        vm.prank(owner);
        levels.addAssessor(account);
    }

    function assess(uint8 level) internal {
        vm.prank(assessor);
        levels.assess(miner, level);
    }

    function test_RevertWhen_TheCallerIsNotTheOwner() public {
        bytes memory refusal = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger);
        vm.expectRevert(refusal);
        vm.prank(stranger);
        levels.addAssessor(assessor);
        name(assessor);
        vm.expectRevert(refusal);
        vm.prank(stranger);
        levels.removeAssessor(assessor);
    }

    function test_RevertWhen_ThereIsNothingToChange() public {
        vm.expectRevert(abi.encodeWithSelector(INodeLevels.AssessorZero.selector));
        name(address(0));
        vm.expectRevert(abi.encodeWithSelector(INodeLevels.AssessorUnknown.selector, assessor));
        vm.prank(owner);
        levels.removeAssessor(assessor);
        name(assessor);
        vm.expectRevert(abi.encodeWithSelector(INodeLevels.AssessorKnown.selector, assessor));
        name(assessor);
    }

    function test_NamesAnAssessorAndStrikesItOff() public {
        expectEvent(address(levels));
        emit INodeLevels.AssessorAdded(assessor);
        name(assessor);
        assess(7);
        expectEvent(address(levels));
        emit INodeLevels.AssessorRemoved(assessor);
        vm.prank(owner);
        levels.removeAssessor(assessor);
        assertEq(levels.levelOf(miner), 0, "counts no more");
        assertEq(levels.assessmentOf(miner).level, 7, "still on record");
        name(assessor);
        assertEq(levels.levelOf(miner), 7, "counts again");
    }

    function test_RevertWhen_TheAssessmentIsRefused() public {
        vm.expectRevert(abi.encodeWithSelector(INodeLevels.NotAssessor.selector, assessor));
        assess(1);
        name(assessor);
        vm.expectRevert(abi.encodeWithSelector(INodeLevels.LevelOutOfRange.selector, 11, 10));
        assess(11);
        vm.expectRevert(abi.encodeWithSelector(INodeLevels.NodeZero.selector));
        vm.prank(assessor);
        levels.assess(address(0), 1);
    }

    function testFuzz_KeepsTheLastLevelForThirtyDays(uint8 first, uint8 second, uint256 age) public {
        (first, second) = (uint8(bound(first, 0, 10)), uint8(bound(second, 0, 10)));
        age = bound(age, 0, 60 days);
        name(assessor);
        assertEq(levels.levelOf(miner), 0, "nobody assessed it");
        assess(first);
        expectEvent(address(levels));
        emit INodeLevels.LevelAssessed(miner, assessor, second, first);
        assess(second);
        assertEq(levels.levelOf(miner), second, "the last one holds");
        vm.warp(block.timestamp + age);
        assertEq(levels.levelOf(miner), age <= 30 days ? second : 0, "thirty days");
    }
}
