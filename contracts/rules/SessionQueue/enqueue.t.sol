// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISessionQueue } from "../../src/interfaces/ISessionQueue.sol";
import { ISessions } from "../../src/interfaces/ISessions.sol";
import { SessionTasks } from "../../src/libraries/SessionTasks.sol";
import { Tasks } from "../../src/libraries/Tasks.sol";
import { QueuedTasks } from "../../test/support/QueuedTasks.sol";

contract EnqueueTest is QueuedTasks {
    uint32 internal account;
    Tasks.Task internal task;

    function setUp() public override {
        super.setUp();
        account = openSession(client);
        task = someTask(account, 3);
    }

    function enqueue(address by, ISessionQueue.Terms memory terms, ISessionQueue.Payload memory payload)
        internal
        returns (bytes32)
    {
        vm.prank(by);
        return queue.enqueue(task, terms, payload);
    }

    function refuse(bytes memory refusal) internal {
        refuse(refusal, someTerms(), noPayload());
    }

    function refuse(bytes memory refusal, ISessionQueue.Terms memory terms, ISessionQueue.Payload memory payload)
        internal
    {
        vm.expectRevert(refusal);
        enqueue(client, terms, payload);
    }

    function outOfBounds(bytes32 param, uint256 value, uint256 minimum, uint256 maximum)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(ISessionQueue.ParamOutOfBounds.selector, param, value, minimum, maximum);
    }

    function update(ISessions.SessionParams memory params) internal {
        vm.prank(client);
        sessions.update(account, params);
    }

    function test_EnqueuesUnderTheTasksOwnHash() public {
        bytes32 id = Tasks.hashTask(task);
        expectEvent(address(queue));
        emit ISessionQueue.TaskEnqueued(id, account, operator, client, WORK_SECONDS, task, noPayload());
        expectEvent(address(queue));
        emit ISessionQueue.PhaseBegun(id, SessionTasks.Phase.Enqueued, NOW + 120);
        bytes32 taskId = enqueue(client, someTerms(), noPayload());
        assertEq(taskId, id, "id");
        ISessionQueue.SessionTask memory held = queue.taskOf(taskId);
        assertEq(held.client, client, "client");
        assertEq(held.account, account, "account");
        assertEq(held.redundancy, 3, "copies");
        assertEq(held.workSeconds, WORK_SECONDS, "work");
        assertEq(held.state.assigner, operator, "assigner");
        assertPhase(taskId, SessionTasks.Phase.Enqueued, NOW + 120);
        assertEq(queue.seatsOf(taskId).length, 0, "no seat yet");
    }

    function test_RevertWhen_TheTaskIsThereAlready() public {
        bytes32 taskId = enqueue(client, someTerms(), noPayload());
        refuse(abi.encodeWithSelector(ISessionQueue.TaskExists.selector, taskId));
        vm.warp(NOW + 120);
        queue.expire(taskId);
        task.deadline = uint64(NOW + 600);
        refuse(abi.encodeWithSelector(ISessionQueue.TaskExists.selector, taskId));
    }

    function test_RevertWhen_TheCallerIsNotTheOwner() public {
        vm.expectRevert(abi.encodeWithSelector(ISessionQueue.NotSessionOwner.selector, stranger, client));
        enqueue(stranger, someTerms(), noPayload());
        task.account = account + 1;
        vm.expectRevert(abi.encodeWithSelector(ISessionQueue.NotSessionOwner.selector, stranger, address(0)));
        enqueue(stranger, someTerms(), noPayload());
    }

    function test_LetsWhomTheOwnerLets() public {
        expectEvent(address(queue));
        emit ISessionQueue.EnqueuerSet(client, stranger, true);
        vm.prank(client);
        queue.setEnqueuer(stranger, true);
        bytes32 taskId = enqueue(stranger, someTerms(), noPayload());
        assertEq(queue.taskOf(taskId).client, client, "the owner's task");
        task.seq = 2;
        vm.prank(client);
        queue.setEnqueuer(stranger, false);
        vm.expectRevert(abi.encodeWithSelector(ISessionQueue.NotSessionOwner.selector, stranger, client));
        enqueue(stranger, someTerms(), noPayload());
    }

    function test_ANewOwnerLetsNobodyThatTheOldOneLet() public {
        vm.prank(client);
        queue.setEnqueuer(stranger, true);
        vm.prank(client);
        sessions.updateOwner(account, miners[0]);
        vm.warp(NOW + 24 hours);
        vm.prank(miners[0]);
        sessions.acceptOwner(account);
        task.deadline = uint64(NOW + 24 hours + 600);
        vm.expectRevert(abi.encodeWithSelector(ISessionQueue.NotSessionOwner.selector, stranger, miners[0]));
        enqueue(stranger, someTerms(), noPayload());
    }

    function test_RevertWhen_TheSessionRefuses() public {
        task.session = keccak256("another");
        refuse(
            abi.encodeWithSelector(ISessionQueue.SessionOther.selector, keccak256("another"), sessions.sidOf(account))
        );
        task = someTask(account, 3);
        task.privacy = 1;
        refuse(abi.encodeWithSelector(ISessionQueue.PrivacyOther.selector, 1, 0));
        ISessions.SessionParams memory params = someParams();
        params.modelIdentifier = keccak256("the session's");
        params.maxNumOfNodes = 2;
        update(params);
        task = someTask(account, 3);
        refuse(
            abi.encodeWithSelector(ISessionQueue.ModelOther.selector, keccak256("model"), keccak256("the session's"))
        );
        task.modelId = keccak256("the session's");
        refuse(outOfBounds("redundancy", 3, 1, 2));
        task.redundancy = 2;
        enqueue(client, someTerms(), noPayload());
        task.seq = 2;
        vm.prank(client);
        sessions.deactivateSession(account);
        refuse(abi.encodeWithSelector(ISessionQueue.SessionInactive.selector, account));
    }

    function test_RevertWhen_ANumberIsOutOfBounds() public {
        task.redundancy = 0;
        refuse(outOfBounds("redundancy", 0, 1, 7));
        task.redundancy = 8;
        refuse(outOfBounds("redundancy", 8, 1, 7));
        task = someTask(account, 7);
        task.maxIn = 2_097_153;
        refuse(outOfBounds("maxIn", 2_097_153, 0, 2_097_152));
        task.maxIn = 2_097_152;
        task.maxOut = 131_073;
        refuse(outOfBounds("maxOut", 131_073, 0, 131_072));
        task.maxOut = 131_072;
        ISessionQueue.Terms memory terms = someTerms();
        terms.assigner = address(0);
        refuse(abi.encodeWithSelector(ISessionQueue.AssignerZero.selector), terms, noPayload());
        terms.assigner = operator;
        terms.workSeconds = 0;
        refuse(outOfBounds("workSeconds", 0, 1, 3_600), terms, noPayload());
        terms.workSeconds = 3_601;
        refuse(outOfBounds("workSeconds", 3_601, 1, 3_600), terms, noPayload());
        terms.workSeconds = 3_600;
        task.deadline = uint64(NOW + 180 + 3_600);
        enqueue(client, terms, noPayload());
    }

    function test_RevertWhen_TheDeadlineLeavesNoTimeOrTooMuch() public {
        task.deadline = uint64(NOW + 180 + WORK_SECONDS - 1);
        refuse(outOfBounds("deadline", task.deadline, NOW + 180 + WORK_SECONDS, NOW + 4_500));
        task.deadline = uint64(NOW + 4_501);
        refuse(outOfBounds("deadline", task.deadline, NOW + 180 + WORK_SECONDS, NOW + 4_500));
        task.deadline = uint64(NOW + 4_500);
        enqueue(client, someTerms(), noPayload());
        task.deadline = uint64(NOW + 180 + WORK_SECONDS);
        enqueue(client, someTerms(), noPayload());
    }

    function test_TakesAPromptAndItsParametersOrACid() public {
        bytes memory prompt = bytes.concat(bytes32(0), "the encoded prompt");
        task.promptCommit = keccak256(prompt);
        task.paramsHash = keccak256("the encoded parameters");
        ISessionQueue.Payload memory payload = ISessionQueue.Payload({
            kind: ISessionQueue.PayloadKind.Prompt, data: prompt, params: "the encoded parameters"
        });
        bytes32 id = Tasks.hashTask(task);
        expectEvent(address(queue));
        emit ISessionQueue.TaskEnqueued(id, account, operator, client, WORK_SECONDS, task, payload);
        enqueue(client, someTerms(), payload);
        task.seq = 2;
        payload = ISessionQueue.Payload({ kind: ISessionQueue.PayloadKind.Cid, data: new bytes(128), params: "" });
        enqueue(client, someTerms(), payload);
    }

    function test_RevertWhen_ThePayloadIsRefused() public {
        ISessionQueue.Payload memory payload;
        payload.params = "x";
        refuse(
            abi.encodeWithSelector(ISessionQueue.ParamsForeign.selector, keccak256("x"), task.paramsHash),
            someTerms(),
            payload
        );
        payload.params = new bytes(4_097);
        refuse(outOfBounds("params", 4_097, 0, 4_096), someTerms(), payload);
        payload.params = "";
        payload.data = "x";
        refuse(abi.encodeWithSelector(ISessionQueue.PayloadNotEmpty.selector, 1), someTerms(), payload);
        payload.kind = ISessionQueue.PayloadKind.Cid;
        payload.data = "";
        refuse(outOfBounds("cid", 0, 1, 128), someTerms(), payload);
        payload.data = new bytes(129);
        refuse(outOfBounds("cid", 129, 1, 128), someTerms(), payload);
        payload.kind = ISessionQueue.PayloadKind.Prompt;
        bytes32 given = keccak256(payload.data);
        refuse(
            abi.encodeWithSelector(ISessionQueue.PayloadForeign.selector, given, task.promptCommit),
            someTerms(),
            payload
        );
        payload.data = "";
        refuse(outOfBounds("prompt", 0, 1, 8_192), someTerms(), payload);
        payload.data = new bytes(8_193);
        refuse(outOfBounds("prompt", 8_193, 1, 8_192), someTerms(), payload);
        ISessions.SessionParams memory params = someParams();
        params.privacy = 2;
        update(params);
        task.privacy = 2;
        refuse(abi.encodeWithSelector(ISessionQueue.PayloadClosed.selector, 2), someTerms(), payload);
    }

    function testFuzz_TakesEachTaskOnceUnderItsHash(Tasks.Task memory given) public {
        given.account = account;
        given.session = sessions.sidOf(account);
        given.privacy = 0;
        given.maxIn = uint32(bound(given.maxIn, 0, 2_097_152));
        given.maxOut = uint32(bound(given.maxOut, 0, 131_072));
        given.redundancy = uint8(bound(given.redundancy, 1, 7));
        given.deadline = uint64(bound(given.deadline, NOW + 180 + WORK_SECONDS, NOW + 4_500));
        bytes32 taskId = enqueueAs(client, given);
        assertEq(taskId, Tasks.hashTask(given), "id");
        given.seq ^= 1;
        assertTrue(enqueueAs(client, given) != taskId, "another task, another id");
    }
}
