// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IInferenceOracle } from "../../src/interfaces/IInferenceOracle.sol";
import { Results } from "../../src/libraries/Results.sol";
import { AskedOracle } from "../../test/support/AskedOracle.sol";

contract DeliverTest is AskedOracle {
    function refuse(bytes32 taskId, IInferenceOracle.Opening[] memory opened, bytes memory refusal) internal {
        vm.expectRevert(refusal);
        oracle.deliver(taskId, opened);
        assertEq(uint256(oracle.requestOf(taskId).state), uint256(IInferenceOracle.State.Open), "still open");
        assertEq(consumer.calls(), 0, "not called");
    }

    function test_AnyoneDeliversWhatMostHaveCommittedTo() public {
        (bytes32 taskId, IInferenceOracle.Opening[] memory opened) = ready();
        expectEvent(address(oracle));
        emit IInferenceOracle.InferenceAnswered(taskId, address(consumer), stranger, 2, "yes");
        vm.prank(stranger);
        oracle.deliver(taskId, opened);
        IInferenceOracle.Request memory held = oracle.requestOf(taskId);
        assertEq(uint256(held.state), uint256(IInferenceOracle.State.Answered), "answered");
        assertEq(keccak256(held.answer), keccak256("yes"), "without the white space");
        assertTrue(!held.hasCallbackFailed, "called back");
        assertEq(consumer.calls(), 1, "once");
        assertTrue(consumer.isAnswered(), "with an answer");
        assertEq(consumer.taskId(), taskId, "of this task");
        assertEq(keccak256(consumer.answer()), keccak256("yes"), "answer");

        vm.expectRevert(
            abi.encodeWithSelector(IInferenceOracle.RequestNotOpen.selector, taskId, IInferenceOracle.State.Answered)
        );
        oracle.deliver(taskId, opened);
        vm.warp(NOW + 2 hours);
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceOracle.RequestNotOpen.selector, taskId, IInferenceOracle.State.Answered)
        );
        oracle.close(taskId);
    }

    function test_DeliversAfterTheTaskEndedToo() public {
        (bytes32 taskId, IInferenceOracle.Opening[] memory opened) = ready();
        vm.warp(NOW + 700);
        queue.expire(taskId);
        oracle.deliver(taskId, opened);
        assertEq(consumer.calls(), 1, "answered");
    }

    function test_TwoOfThreeAreEnoughWhenTheThirdNeverShows() public {
        bytes32 taskId = askedOfThree();
        bytes[] memory outputs = three("yes", "", "yes");
        answered(taskId, outputs);
        oracle.deliver(taskId, two(taskId, 0, 2, outputs));
        assertEq(consumer.calls(), 1, "answered");
    }

    function test_RevertWhen_NotMostOfTheCopiesAgree() public {
        bytes32 taskId = askedOfThree();
        bytes[] memory outputs = three("yes", "no", "");
        answered(taskId, outputs);
        uint8[] memory one = new uint8[](1);
        refuse(
            taskId,
            openings(taskId, one, outputs),
            abi.encodeWithSelector(IInferenceOracle.AgreeingBelow.selector, 1, 3)
        );
        refuse(taskId, two(taskId, 0, 1, outputs), abi.encodeWithSelector(IInferenceOracle.AnswersDiffer.selector, 1));
        refuse(
            taskId,
            two(taskId, 0, 2, three("yes", "no", "yes")),
            abi.encodeWithSelector(IInferenceOracle.SeatUncommitted.selector, 2)
        );
    }

    /// However often it is shown, one result is one.
    function test_RevertWhen_OneSeatIsShownTwice() public {
        bytes32 taskId = askedOfThree();
        bytes[] memory outputs = three("yes", "no", "maybe");
        answered(taskId, outputs);
        refuse(taskId, two(taskId, 1, 1, outputs), abi.encodeWithSelector(IInferenceOracle.SeatsUnordered.selector, 1));
        refuse(taskId, two(taskId, 1, 0, outputs), abi.encodeWithSelector(IInferenceOracle.SeatsUnordered.selector, 0));
    }

    function test_RevertWhen_ItIsTooEarlyOrTooLate() public {
        bytes32 taskId = askedOfThree();
        bytes[] memory outputs = three("yes", "yes", "yes");
        IInferenceOracle.Opening[] memory opened = two(taskId, 0, 1, outputs);
        bytes memory early = abi.encodeWithSelector(IInferenceOracle.AnswerTooEarly.selector, taskId);
        refuse(taskId, opened, early);
        precommittedTo(taskId, outputs);
        refuse(taskId, opened, early);
        commitTo(taskId, 0, outputs);
        commitTo(taskId, 1, outputs);
        refuse(taskId, opened, early);
        commitTo(taskId, 2, outputs);
        vm.warp(NOW + 1 hours);
        refuse(taskId, opened, abi.encodeWithSelector(IInferenceOracle.RequestLate.selector, NOW + 1 hours));
        vm.warp(NOW + 1 hours - 1);
        oracle.deliver(taskId, opened);
    }

    function precommittedTo(bytes32 taskId, bytes[] memory outputs) internal {
        acked(taskId, 3);
        for (uint256 i = 0; i < 3; ++i) {
            precommit(taskId, miners[i], Results.hashResult(resultWith(taskId, i, outputs[i])));
        }
    }

    function commitTo(bytes32 taskId, uint256 seat, bytes[] memory outputs) internal {
        commit(taskId, miners[seat], Results.hashResult(resultWith(taskId, seat, outputs[seat])));
    }

    function test_RevertWhen_WhatIsShownIsNotWhatWasCommitted() public {
        (bytes32 taskId, IInferenceOracle.Opening[] memory opened) = ready();
        opened[1].output = "yes!";
        refuse(
            taskId,
            opened,
            abi.encodeWithSelector(
                IInferenceOracle.OutputOther.selector,
                Results.outCommit(taskId, "yes!"),
                Results.outCommit(taskId, "yes")
            )
        );
        opened[1].output = new bytes(1_025);
        refuse(taskId, opened, abi.encodeWithSelector(IInferenceOracle.OutputTooLong.selector, 1_025, 1_024));
        opened[1] = opening(taskId, 1, "yes");
        opened[1].result.nOut = 3;
        bytes32 shown = Results.hashResult(opened[1].result);
        bytes32 committed = queue.seatsOf(taskId)[1].bound;
        refuse(taskId, opened, abi.encodeWithSelector(IInferenceOracle.ResultOther.selector, shown, committed));
        opened[1] = opening(taskId, 1, "yes");
        opened[1].seat = 3;
        refuse(taskId, opened, abi.encodeWithSelector(IInferenceOracle.SeatUncommitted.selector, 3));
    }

    /// A miner commits to a result with one field changed: it is shown as it is, and refused for what it says.
    function refuseResult(Results.Result memory odd, bytes memory output, bytes memory refusal, bytes32 taskId)
        internal
    {
        acked(taskId, 1);
        precommit(taskId, miners[0], Results.hashResult(odd));
        commit(taskId, miners[0], Results.hashResult(odd));
        IInferenceOracle.Opening[] memory opened = new IInferenceOracle.Opening[](1);
        opened[0] = IInferenceOracle.Opening({ seat: 0, result: odd, output: output });
        refuse(taskId, opened, refusal);
    }

    function askedOfOne() internal returns (bytes32) {
        return asked(IInferenceOracle.Policy.Majority, 1);
    }

    function test_RevertWhen_TheResultIsOfAnotherTaskOrMiner() public {
        bytes32 taskId = askedOfOne();
        Results.Result memory odd = resultWith(keccak256("another"), 0, "yes");
        odd.outCommit = Results.outCommit(taskId, "yes");
        bytes memory refusal = abi.encodeWithSelector(IInferenceOracle.ResultForeign.selector, odd.taskId, odd.miner);
        refuseResult(odd, "yes", refusal, taskId);
        taskId = askedOfOne();
        odd = resultWith(taskId, 1, "yes");
        refusal = abi.encodeWithSelector(IInferenceOracle.ResultForeign.selector, taskId, miners[1]);
        refuseResult(odd, "yes", refusal, taskId);
    }

    function test_RevertWhen_TheResultIsNotAWholeAnswer() public {
        bytes memory refusal = abi.encodeWithSelector(IInferenceOracle.ResultUnfinished.selector, 0);
        bytes32 taskId = askedOfOne();
        Results.Result memory odd = resultWith(taskId, 0, "yes");
        odd.finish = 1;
        refuseResult(odd, "yes", refusal, taskId);
        taskId = askedOfOne();
        odd = resultWith(taskId, 0, "yes");
        odd.segment = 1;
        refuseResult(odd, "yes", refusal, taskId);
        taskId = askedOfOne();
        odd = resultWith(taskId, 0, "yes");
        odd.from = 32;
        refuseResult(odd, "yes", refusal, taskId);
        taskId = askedOfOne();
        odd = resultWith(taskId, 0, " \n");
        refuseResult(odd, " \n", abi.encodeWithSelector(IInferenceOracle.AnswerEmpty.selector), taskId);
    }

    function test_TheOperatorAnswersForWhatNoContractCanJudge() public {
        bytes32 taskId = asked(IInferenceOracle.Policy.Operator, 3);
        bytes[] memory outputs = three("It is blue.", "Blue, yes.", "");
        answered(taskId, outputs);
        uint8[] memory second = new uint8[](1);
        second[0] = 1;
        IInferenceOracle.Opening[] memory opened = openings(taskId, second, outputs);
        refuse(taskId, opened, abi.encodeWithSelector(IInferenceOracle.NotAssigner.selector, address(this)));
        vm.prank(operator);
        vm.expectRevert(abi.encodeWithSelector(IInferenceOracle.AgreeingBelow.selector, 0, 3));
        oracle.deliver(taskId, new IInferenceOracle.Opening[](0));
        opened[0].output = "Whatever I say.";
        vm.prank(operator);
        vm.expectRevert(
            abi.encodeWithSelector(
                IInferenceOracle.OutputOther.selector,
                Results.outCommit(taskId, "Whatever I say."),
                Results.outCommit(taskId, "Blue, yes.")
            )
        );
        oracle.deliver(taskId, opened);
        opened[0].output = "Blue, yes.";
        vm.prank(router);
        oracle.deliver(taskId, opened);
        assertEq(keccak256(consumer.answer()), keccak256("Blue, yes."), "answer");
    }

    function test_RevertWhen_ThereIsNoSuchRequest() public {
        bytes memory refusal =
            abi.encodeWithSelector(IInferenceOracle.RequestNotOpen.selector, bytes32(0), IInferenceOracle.State.None);
        vm.expectRevert(refusal);
        oracle.deliver(0, new IInferenceOracle.Opening[](0));
        vm.expectRevert(refusal);
        oracle.close(0);
    }

    /// Whatever one of three answers, whoever it is and whoever shows what: the other two's answer is the only one.
    function testFuzz_OneLiarOfThreeChangesNothing(uint8 liar, bytes32 lie, bool isSilent) public {
        liar = liar % 3;
        bytes32 taskId = askedOfThree();
        bytes[] memory outputs = three("true", "true", "true");
        outputs[liar] = isSilent ? bytes("") : abi.encodePacked(lie);
        vm.assume(isSilent || keccak256(outputs[liar]) != keccak256("true"));
        answered(taskId, outputs);
        (uint8 first, uint8 second) = liar == 0 ? (1, 2) : liar == 1 ? (0, 2) : (0, 1);
        (uint8 low, uint8 high) = liar < first ? (liar, first) : (first, liar);
        IInferenceOracle.Opening[] memory lying = two(taskId, low, high, outputs);
        (bool ok,) = address(oracle).call(abi.encodeCall(oracle.deliver, (taskId, lying)));
        assertTrue(!ok, "no majority with the liar");
        oracle.deliver(taskId, two(taskId, first, second, outputs));
        assertEq(keccak256(oracle.requestOf(taskId).answer), keccak256("true"), "the honest answer");
    }
}
