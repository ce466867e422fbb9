// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISessionQueue } from "../../src/interfaces/ISessionQueue.sol";
import { ISessions } from "../../src/interfaces/ISessions.sol";
import { SessionQueue } from "../../src/l2/queue/SessionQueue.sol";
import { Sessions } from "../../src/l2/Sessions.sol";
import { SessionTasks } from "../../src/libraries/SessionTasks.sol";
import { Tasks } from "../../src/libraries/Tasks.sol";
import { Assertions } from "./Assertions.sol";
import { RouterList } from "./RouterList.sol";

/// A session queue with the few contracts that it asks, and makers of what it takes.
abstract contract QueuedTasks is Assertions {
    uint256 internal constant NOW = 1_000_000;
    uint16 internal constant WORK_SECONDS = 300;

    Sessions internal sessions;
    RouterList internal routers;
    SessionQueue internal queue;

    address internal client = address(0xC11E);
    address internal operator = address(0x09E2);
    address internal router = address(0x4002);
    address internal stranger = address(0x57A4);
    address[3] internal miners = [address(0x3141), address(0x3142), address(0x3143)];

    function setUp() public virtual {
        vm.warp(NOW);
        sessions = new Sessions();
        routers = new RouterList();
        routers.set(router, operator);
        queue = new SessionQueue(sessions, routers);
    }

    /* MAKERS */

    function someParams() internal pure returns (ISessions.SessionParams memory params) {
        params.name = "session";
        params.minNumOfNodes = 1;
        params.maxNumOfNodes = 7;
        params.redundant = 1;
    }

    function openSession(address by) internal returns (uint32 account) {
        vm.prank(by);
        (account,) = sessions.create(someParams());
    }

    function someTask(uint32 account, uint8 redundancy) internal view returns (Tasks.Task memory task) {
        task.account = account;
        task.session = sessions.sidOf(account);
        task.seq = 1;
        task.modelId = keccak256("model");
        task.promptCommit = keccak256("prompt");
        task.paramsHash = keccak256("params");
        task.maxIn = 1_000;
        task.maxOut = 256;
        task.feeCapWei = 1e15;
        task.deadline = uint64(vm.getBlockTimestamp() + 600);
        task.userNonce = keccak256("nonce");
        task.redundancy = redundancy;
    }

    function someTerms() internal view returns (ISessionQueue.Terms memory) {
        return ISessionQueue.Terms({ assigner: operator, workSeconds: WORK_SECONDS });
    }

    function noPayload() internal pure returns (ISessionQueue.Payload memory payload) { }

    /* STEPS */

    function enqueueAs(address by, Tasks.Task memory task) internal returns (bytes32) {
        ISessionQueue.Terms memory terms = someTerms();
        vm.prank(by);
        return queue.enqueue(task, terms, noPayload());
    }

    function enqueued(uint8 redundancy) internal returns (bytes32) {
        return enqueueAs(client, someTask(openSession(client), redundancy));
    }

    function firstMiners(uint256 count) internal view returns (address[] memory given) {
        given = new address[](count);
        for (uint256 i = 0; i < count; ++i) {
            given[i] = miners[i];
        }
    }

    function assign(bytes32 taskId, uint256 count) internal {
        address[] memory given = firstMiners(count);
        vm.prank(operator);
        queue.assign(taskId, given);
    }

    function ack(bytes32 taskId, address miner) internal {
        vm.prank(miner);
        queue.ack(taskId);
    }

    function saltOf(address miner) internal pure returns (bytes32) {
        return keccak256(abi.encode("salt", miner));
    }

    function resultOf(address miner) internal pure returns (bytes32) {
        return keccak256(abi.encode("result", miner));
    }

    /// As the queue computes it.
    function precommitOf(bytes32 taskId, address miner, bytes32 resultHash) internal view returns (bytes32) {
        return keccak256(
            abi.encodePacked("precommit-v1", block.chainid, address(queue), taskId, miner, saltOf(miner), resultHash)
        );
    }

    function precommit(bytes32 taskId, address miner, bytes32 resultHash) internal {
        bytes32 hash = precommitOf(taskId, miner, resultHash);
        vm.prank(miner);
        queue.precommit(taskId, hash);
    }

    function commit(bytes32 taskId, address miner, bytes32 resultHash) internal {
        vm.prank(miner);
        queue.commit(taskId, resultHash, saltOf(miner));
    }

    /// Assigned to so many of the miners, who all have acked.
    function acked(bytes32 taskId, uint256 count) internal {
        assign(taskId, count);
        for (uint256 i = 0; i < count; ++i) {
            ack(taskId, miners[i]);
        }
    }

    function precommitted(bytes32 taskId, uint256 count) internal {
        acked(taskId, count);
        for (uint256 i = 0; i < count; ++i) {
            precommit(taskId, miners[i], resultOf(miners[i]));
        }
    }

    function committed(bytes32 taskId, uint256 count) internal {
        precommitted(taskId, count);
        for (uint256 i = 0; i < count; ++i) {
            commit(taskId, miners[i], resultOf(miners[i]));
        }
    }

    /* CHECKS */

    function assertPhase(bytes32 taskId, SessionTasks.Phase phase, uint256 deadlineSeconds) internal view {
        SessionTasks.State memory state = queue.taskOf(taskId).state;
        assertEq(uint256(state.phase), uint256(phase), "phase");
        assertEq(state.deadlineSeconds, deadlineSeconds, "deadline");
    }

    function assertEnding(bytes32 taskId, SessionTasks.Ending ending, uint256 atSeconds) internal view {
        assertPhase(taskId, SessionTasks.Phase.Ended, atSeconds);
        assertEq(uint256(queue.taskOf(taskId).state.ending), uint256(ending), "ending");
    }
}
