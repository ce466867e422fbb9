// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IInferenceOracle } from "../../src/interfaces/IInferenceOracle.sol";
import { Callbacks } from "../../src/libraries/Callbacks.sol";
import { AskedOracle } from "../../test/support/AskedOracle.sol";
import { OracleConsumer } from "../../test/support/OracleConsumer.sol";

/// Whatever a requester does when it is called, whoever delivers pays for no more than the gas that was agreed, and the
/// answer stands.
contract HostileCallbacksTest is AskedOracle {
    /// Of an honest delivery of three bytes, without its callback; a test holds it to that.
    uint256 internal constant DELIVER_GAS = 250_000;

    bytes32 internal taskId;
    IInferenceOracle.Opening[] internal opened;

    function setUp() public override {
        super.setUp();
        IInferenceOracle.Opening[] memory given;
        (taskId, given) = ready();
        for (uint256 i = 0; i < given.length; ++i) {
            opened.push(given[i]);
        }
    }

    function deliver() internal returns (uint256 gas) {
        IInferenceOracle.Opening[] memory given = opened;
        uint256 before = gasleft();
        oracle.deliver(taskId, given);
        return before - gasleft();
    }

    function assertFailed() internal {
        expectEvent(address(oracle));
        emit IInferenceOracle.CallbackFailed(taskId, address(consumer));
        uint256 gas = deliver();
        assertTrue(gas <= DELIVER_GAS + CALLBACK_GAS, "no more than was agreed");
        IInferenceOracle.Request memory held = oracle.requestOf(taskId);
        assertTrue(held.hasCallbackFailed, "recorded");
        assertEq(uint256(held.state), uint256(IInferenceOracle.State.Answered), "answered all the same");
        assertEq(keccak256(held.answer), keccak256("yes"), "the answer can be read");
        assertEq(consumer.calls(), 0, "nothing of the call is left");
    }

    function test_AnHonestOneCostsLittle() public {
        assertTrue(deliver() <= DELIVER_GAS + 100_000, "with its callback");
        assertEq(consumer.calls(), 1, "called");
    }

    function test_ARevertingOne() public {
        consumer.behave(OracleConsumer.Manner.Revert, "");
        assertFailed();
    }

    function test_ARevertWithMuchData() public {
        consumer.behave(OracleConsumer.Manner.RevertWithMuch, "");
        assertFailed();
    }

    function test_OneThatBurnsAllItsGas() public {
        consumer.behave(OracleConsumer.Manner.Burn, "");
        assertFailed();
    }

    function test_OneThatReturnsMuchData() public {
        consumer.behave(OracleConsumer.Manner.ReturnMuch, "");
        uint256 gas = deliver();
        assertTrue(gas <= DELIVER_GAS + CALLBACK_GAS, "no more than was agreed");
        assertTrue(!oracle.requestOf(taskId).hasCallbackFailed, "it didn't revert");
    }

    function test_OneThatDeliversAgain() public {
        IInferenceOracle.Opening[] memory given = opened;
        consumer.behave(OracleConsumer.Manner.Reenter, abi.encodeCall(oracle.deliver, (taskId, given)));
        assertReentryRefused();
    }

    function test_OneThatCloses() public {
        consumer.behave(OracleConsumer.Manner.Reenter, abi.encodeCall(oracle.close, (taskId)));
        assertReentryRefused();
    }

    function assertReentryRefused() internal {
        deliver();
        bytes memory refusal =
            abi.encodeWithSelector(IInferenceOracle.RequestNotOpen.selector, taskId, IInferenceOracle.State.Answered);
        assertEq(keccak256(consumer.reentryAnswer()), keccak256(refusal), "refused");
        assertEq(consumer.calls(), 1, "once");
    }

    /// One that asks again from inside its callback is welcome.
    function test_OneThatAsksAgain() public {
        IInferenceOracle.Callback memory callback = someCallback();
        callback.gasLimit = 500_000;
        IInferenceOracle.Terms memory terms = askedTerms(IInferenceOracle.Policy.Majority, 1);
        taskId = consumer.ask(someQuestion(), terms, callback);
        bytes memory again = abi.encodeCall(oracle.request, (consumer.account(), someQuestion(), terms, callback));
        consumer.behave(OracleConsumer.Manner.Reenter, again);
        uint64 before = oracle.requestCount();
        bytes[] memory outputs = new bytes[](1);
        outputs[0] = "yes";
        answered(taskId, outputs);
        oracle.deliver(taskId, openings(taskId, new uint8[](1), outputs));
        assertEq(oracle.requestCount(), before + 1, "asked");
        assertEq(uint256(oracle.requestOf(taskId).state), uint256(IInferenceOracle.State.Answered), "answered");
        bytes32 next = abi.decode(consumer.reentryAnswer(), (bytes32));
        assertEq(uint256(oracle.requestOf(next).state), uint256(IInferenceOracle.State.Open), "the next is open");
    }

    function test_OneWithoutCode() public {
        vm.etch(address(consumer), "");
        expectEvent(address(oracle));
        emit IInferenceOracle.CallbackFailed(taskId, address(consumer));
        deliver();
        assertTrue(oracle.requestOf(taskId).hasCallbackFailed, "recorded");
    }

    function test_OneThatWantsNone() public {
        IInferenceOracle.Callback memory none;
        taskId = consumer.ask(someQuestion(), askedTerms(IInferenceOracle.Policy.Majority, 1), none);
        bytes[] memory outputs = new bytes[](1);
        outputs[0] = "yes";
        answered(taskId, outputs);
        oracle.deliver(taskId, openings(taskId, new uint8[](1), outputs));
        assertEq(consumer.calls(), 0, "not called");
        assertTrue(!oracle.requestOf(taskId).hasCallbackFailed, "nothing failed");
    }

    /// Who delivers can't make the callback fail by sending too little gas: then nothing happens at all.
    function testFuzz_TheCallbackGetsItsGasOrNothingHappens(uint256 gas) public {
        gas = bound(gas, 100_000, 700_000);
        IInferenceOracle.Opening[] memory given = opened;
        (bool ok,) = address(oracle).call{ gas: gas }(abi.encodeCall(oracle.deliver, (taskId, given)));
        IInferenceOracle.Request memory held = oracle.requestOf(taskId);
        assertTrue(!held.hasCallbackFailed, "never failed");
        assertEq(
            uint256(held.state), uint256(ok ? IInferenceOracle.State.Answered : IInferenceOracle.State.Open), "state"
        );
        assertEq(consumer.calls(), ok ? 1 : 0, "called or not");
    }

    function test_RevertWhen_TheGasIsTooLittleForTheCallback() public {
        IInferenceOracle.Opening[] memory given = opened;
        bytes memory data = abi.encodeCall(oracle.deliver, (taskId, given));
        (bool ok, bytes memory refusal) = address(oracle).call{ gas: 300_000 }(data);
        assertTrue(!ok && bytes4(refusal) == Callbacks.GasBelow.selector, "refused for its gas");
    }

    function test_AFailedCallOfAClosedOneIsRecordedToo() public {
        consumer.behave(OracleConsumer.Manner.Burn, "");
        vm.warp(NOW + 1 hours);
        oracle.close(taskId);
        IInferenceOracle.Request memory held = oracle.requestOf(taskId);
        assertTrue(held.hasCallbackFailed, "recorded");
        assertEq(uint256(held.state), uint256(IInferenceOracle.State.Closed), "closed");
    }
}
