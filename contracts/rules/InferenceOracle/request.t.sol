// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IInferenceOracle } from "../../src/interfaces/IInferenceOracle.sol";
import { ISessionQueue } from "../../src/interfaces/ISessionQueue.sol";
import { ISessions } from "../../src/interfaces/ISessions.sol";
import { Prompts } from "../../src/libraries/Prompts.sol";
import { SessionTasks } from "../../src/libraries/SessionTasks.sol";
import { Tasks } from "../../src/libraries/Tasks.sol";
import { AskedOracle } from "../../test/support/AskedOracle.sol";
import { OracleConsumer } from "../../test/support/OracleConsumer.sol";

contract RequestTest is AskedOracle {
    IInferenceOracle.Question internal question;
    IInferenceOracle.Terms internal terms;

    function setUp() public override {
        super.setUp();
        question = someQuestion();
        terms = askedTerms(IInferenceOracle.Policy.Majority, 3);
    }

    function ask() internal returns (bytes32) {
        return consumer.ask(question, terms, someCallback());
    }

    function refuse(bytes memory refusal) internal {
        vm.expectRevert(refusal);
        ask();
    }

    function refuseBounds(bytes32 param, uint256 value, uint256 minimum, uint256 maximum) internal {
        refuse(abi.encodeWithSelector(IInferenceOracle.ParamOutOfBounds.selector, param, value, minimum, maximum));
    }

    function expectedTask(bytes memory prompt) internal view returns (Tasks.Task memory task) {
        uint32 account = consumer.account();
        task.account = account;
        task.session = sessions.sidOf(account);
        task.seq = 1;
        task.modelId = terms.modelId;
        task.promptCommit = keccak256(prompt);
        task.paramsHash = keccak256(Prompts.greedyParams(8));
        task.maxIn = 100;
        task.maxOut = 8;
        task.feeCapWei = 1e15;
        task.deadline = uint64(NOW + 180 + WORK_SECONDS);
        task.userNonce = keccak256(abi.encode(block.chainid, address(oracle), uint64(1)));
        task.redundancy = 3;
    }

    function test_EnqueuesATaskOfTheRequestersSession() public {
        question.schema = '{"enum":["yes","no"]}';
        bytes memory system =
            bytes.concat("Answer with one value of this JSON schema and nothing else: ", '{"enum":["yes","no"]}');
        bytes memory prompt = bytes.concat(bytes32(0), Prompts.encodeChat(system, "Is the sky blue?"));
        Tasks.Task memory task = expectedTask(prompt);
        bytes32 id = Tasks.hashTask(task);
        expectEvent(address(oracle));
        emit IInferenceOracle.InferenceRequested(
            id, address(consumer), terms.policy, terms.deadline, someCallback(), question.schema
        );
        expectEvent(address(queue));
        emit ISessionQueue.TaskEnqueued(
            id,
            consumer.account(),
            operator,
            address(oracle),
            WORK_SECONDS,
            task,
            ISessionQueue.Payload({
                kind: ISessionQueue.PayloadKind.Prompt, data: prompt, params: Prompts.greedyParams(8)
            })
        );
        assertEq(ask(), id, "the task's id");
        assertEq(queue.taskOf(id).client, address(consumer), "the requester's task");
        IInferenceOracle.Request memory held = oracle.requestOf(id);
        assertEq(held.requester, address(consumer), "requester");
        assertEq(uint256(held.state), uint256(IInferenceOracle.State.Open), "open");
        assertEq(held.deadline, NOW + 1 hours, "deadline");
        assertEq(held.answer.length, 0, "no answer");
        assertTrue(ask() != id, "the same question again is another task");
    }

    function test_TakesAPromptAtACid() public {
        question.text = "";
        question.cid = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";
        question.promptCommit = keccak256("salted");
        Tasks.Task memory task = expectedTask("");
        task.promptCommit = keccak256("salted");
        assertEq(ask(), Tasks.hashTask(task), "its commitment");
    }

    function test_RevertWhen_TheCallerIsNotTheSessionsOwner() public {
        uint32 account = consumer.account();
        vm.expectRevert(abi.encodeWithSelector(IInferenceOracle.NotSessionOwner.selector, stranger, address(consumer)));
        vm.prank(stranger);
        oracle.request(account, question, terms, someCallback());
        vm.expectRevert(abi.encodeWithSelector(IInferenceOracle.NotSessionOwner.selector, stranger, address(0)));
        vm.prank(stranger);
        oracle.request(account + 1, question, terms, someCallback());
    }

    function test_RevertWhen_TheOwnerDoesNotLetTheOracle() public {
        uint32 account = openSession(client);
        vm.expectRevert(abi.encodeWithSelector(ISessionQueue.NotSessionOwner.selector, address(oracle), client));
        vm.prank(client);
        oracle.request(account, question, terms, someCallback());
    }

    function test_RevertWhen_SomethingIsOutOfBounds() public {
        terms.redundancy = 0;
        refuseBounds("redundancy", 0, 1, 7);
        terms.redundancy = 8;
        refuseBounds("redundancy", 8, 1, 7);
        terms.redundancy = 3;
        terms.maxOut = 0;
        refuseBounds("maxOut", 0, 1, 1_024);
        terms.maxOut = 1_025;
        refuseBounds("maxOut", 1_025, 1, 1_024);
        terms.maxOut = 8;
        question.schema = new bytes(1_025);
        refuseBounds("schema", 1_025, 0, 1_024);
        question.schema = "";
        question.text = new bytes(4_097);
        refuseBounds("text", 4_097, 0, 4_096);
        question.text = new bytes(4_096);
        question.schema = new bytes(1_024);
        ask();
    }

    function test_RevertWhen_TheDeadlineLeavesNoTimeOrTooMuch() public {
        uint256 soonest = NOW + 180 + WORK_SECONDS + 120 + 600;
        terms.deadline = uint40(soonest - 1);
        refuseBounds("deadline", soonest - 1, soonest, NOW + 7 days);
        terms.deadline = uint40(NOW + 7 days + 1);
        refuseBounds("deadline", NOW + 7 days + 1, soonest, NOW + 7 days);
        terms.deadline = uint40(soonest);
        ask();
        terms.deadline = uint40(NOW + 7 days);
        ask();
    }

    function test_RevertWhen_TheCallbackMayBurnTooMuch() public {
        IInferenceOracle.Callback memory callback = someCallback();
        callback.gasLimit = 500_001;
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceOracle.ParamOutOfBounds.selector, bytes32("gasLimit"), 500_001, 0, 500_000)
        );
        consumer.ask(question, terms, callback);
        callback.gasLimit = 500_000;
        consumer.ask(question, terms, callback);
    }

    function test_RevertWhen_ThePromptIsInTwoPlacesOrInNone() public {
        question.promptCommit = keccak256("salted");
        refuse(abi.encodeWithSelector(IInferenceOracle.QuestionTwice.selector));
        question.promptCommit = 0;
        question.cid = "cid";
        refuse(abi.encodeWithSelector(IInferenceOracle.QuestionTwice.selector));
        question.text = "";
        question.cid = "";
        refuse(abi.encodeWithSelector(ISessionQueue.ParamOutOfBounds.selector, bytes32("cid"), 0, 1, 128));
    }

    function test_RevertWhen_TheSessionAsksForMore() public {
        ISessions.SessionParams memory params = someParams();
        params.redundant = 5;
        consumer = consumerWith(params);
        refuseBounds("redundancy", 3, 5, 7);
        params.redundant = 1;
        params.numOfValidatorNodes = 2;
        consumer = consumerWith(params);
        refuse(abi.encodeWithSelector(IInferenceOracle.PolicyBeyondContract.selector, 2));
        terms.policy = IInferenceOracle.Policy.Operator;
        ask();
        params.privacy = 1;
        consumer = consumerWith(params);
        refuse(abi.encodeWithSelector(ISessionQueue.PrivacyOther.selector, 0, 1));
    }
}
