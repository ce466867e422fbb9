// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IInferenceOracle } from "../../src/interfaces/IInferenceOracle.sol";
import { AskedOracle } from "../../test/support/AskedOracle.sol";

contract CloseTest is AskedOracle {
    function assertClosed(bytes32 taskId) internal view {
        assertEq(uint256(oracle.requestOf(taskId).state), uint256(IInferenceOracle.State.Closed), "closed");
        assertEq(consumer.calls(), 1, "called once");
        assertTrue(!consumer.isAnswered(), "without an answer");
        assertEq(consumer.answer().length, 0, "none");
    }

    function test_RevertWhen_AnAnswerMayStillCome() public {
        bytes32 taskId = askedOfThree();
        bytes memory refusal = abi.encodeWithSelector(IInferenceOracle.RequestNotDue.selector, NOW + 1 hours);
        vm.expectRevert(refusal);
        oracle.close(taskId);
        answered(taskId, three("yes", "no", ""));
        vm.warp(NOW + 800);
        queue.expire(taskId);
        vm.expectRevert(refusal);
        oracle.close(taskId);
        vm.warp(NOW + 1 hours - 1);
        vm.expectRevert(refusal);
        oracle.close(taskId);
    }

    function test_ClosesAtTheDeadline() public {
        (bytes32 taskId, IInferenceOracle.Opening[] memory opened) = ready();
        vm.warp(NOW + 1 hours);
        expectEvent(address(oracle));
        emit IInferenceOracle.InferenceClosed(taskId, address(consumer), stranger);
        vm.prank(stranger);
        oracle.close(taskId);
        assertClosed(taskId);
        bytes memory refusal =
            abi.encodeWithSelector(IInferenceOracle.RequestNotOpen.selector, taskId, IInferenceOracle.State.Closed);
        vm.expectRevert(refusal);
        oracle.deliver(taskId, opened);
        vm.expectRevert(refusal);
        oracle.close(taskId);
    }

    function test_ClosesAtOnceWhenNobodyDidAnything() public {
        bytes32 taskId = askedOfThree();
        vm.warp(NOW + 120);
        queue.expire(taskId);
        oracle.close(taskId);
        assertClosed(taskId);
    }

    function test_ClosesAtOnceWhenNobodyRevealed() public {
        bytes32 taskId = askedOfThree();
        precommitted(taskId, 3);
        vm.warp(NOW + 120);
        queue.expire(taskId);
        oracle.close(taskId);
        assertClosed(taskId);
    }
}
