// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Tasks } from "../../src/libraries/Tasks.sol";
import { QueuedTasks } from "../../test/support/QueuedTasks.sol";
import { TransactionGas } from "../../test/support/TransactionGas.sol";

/// Gas of each step of a task with three copies, every slot cold: as a transaction costs it, its calldata and 21,000 included.
contract SessionQueueGasTest is QueuedTasks, TransactionGas {
    event log_named_uint(string name, uint256 value);

    uint256 internal constant MUST_STEP = 140_000;

    function measure(string memory step, address by, bytes memory data) internal {
        vm.cool(address(queue));
        vm.cool(address(sessions));
        vm.cool(address(routers));
        vm.prank(by);
        uint256 before = gasleft();
        (bool ok,) = address(queue).call(data);
        uint256 gas = transactionGas(data, before - gasleft());
        assertTrue(ok, step);
        emit log_named_uint(step, gas);
        assertTrue(gas <= MUST_STEP, "at most 140,000 a step");
    }

    function test_GasOfEachStep() public {
        Tasks.Task memory task = someTask(openSession(client), 3);
        bytes32 taskId = Tasks.hashTask(task);
        measure("enqueue", client, abi.encodeCall(queue.enqueue, (task, someTerms(), noPayload())));
        measure("assign to 3 miners", operator, abi.encodeCall(queue.assign, (taskId, firstMiners(3))));
        for (uint256 i = 0; i < 3; ++i) {
            measure(i == 2 ? "ack, the last" : "ack", miners[i], abi.encodeCall(queue.ack, (taskId)));
        }
        for (uint256 i = 0; i < 3; ++i) {
            bytes32 hash = precommitOf(taskId, miners[i], resultOf(miners[i]));
            string memory step = i == 2 ? "precommit, the last" : "precommit";
            measure(step, miners[i], abi.encodeCall(queue.precommit, (taskId, hash)));
        }
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory data = abi.encodeCall(queue.commit, (taskId, resultOf(miners[i]), saltOf(miners[i])));
            measure(i == 2 ? "commit, the last" : "commit", miners[i], data);
        }
        measure("end", client, abi.encodeCall(queue.end, (taskId)));
    }

    function test_GasOfADeadline() public {
        bytes32 taskId = enqueued(3);
        vm.warp(NOW + 120);
        measure("expire", stranger, abi.encodeCall(queue.expire, (taskId)));
    }
}
