// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { INetworkTasks } from "../../src/interfaces/INetworkTasks.sol";
import { TaskNetwork } from "./TaskNetwork.sol";

/// Gas of each step of a network task with every seat taken: execution, without the 21,000 of a transaction and its calldata. Every slot
/// of the contracts is cold.
contract NetworkTasksGasTest is TaskNetwork {
    event log_named_uint(string name, uint256 value);

    uint256 internal constant STEP_MOST = 3_000_000;

    function measure(string memory label, address sender, bytes memory data) internal {
        vm.cool(address(tasks));
        vm.cool(address(pool));
        vm.cool(address(registry));
        vm.cool(address(levels));
        vm.prank(sender);
        uint256 before = gasleft();
        (bool ok,) = address(tasks).call(data);
        uint256 gas = before - gasleft();
        assertTrue(ok, label);
        emit log_named_uint(label, gas);
        assertTrue(gas <= STEP_MOST, "a step's gas is bounded");
    }

    function test_GasOfEachStep() public {
        measure("request", stranger, abi.encodeCall(tasks.request, (DIFFICULTY, 0)));
        taskId = tasks.taskIdOf(epochNow(), DIFFICULTY, 0);
        toClaims();
        measure("claim of a maker", stranger, abi.encodeCall(tasks.claim, (taskId, INetworkTasks.Role.Maker, nodes[0])));
        claimAll(INetworkTasks.Role.Maker);
        toDraw();
        measure("open", stranger, abi.encodeCall(tasks.open, (taskId)));
        measure("create", task().creators[0], abi.encodeCall(tasks.create, (taskId, TOPIC)));
        measure("prepare", task().preparers[0], abi.encodeCall(tasks.prepare, (taskId, QUESTIONS)));
        pingAll();
        toClaims();
        claimAll(INetworkTasks.Role.Scorer);
        claimAll(INetworkTasks.Role.Solver);
        toDraw();
        measure("start", stranger, abi.encodeCall(tasks.start, (taskId)));
        answer();
    }

    function answer() internal {
        address[] memory solvers = task().solvers;
        address[] memory scorers = task().scorers;
        measure("precommit", solvers[0], abi.encodeCall(tasks.precommit, (taskId, precommitOf(solvers[0]))));
        for (uint256 i = 1; i < 7; ++i) {
            precommit(solvers[i]);
        }
        bytes memory shown = abi.encodeCall(tasks.commit, (taskId, resultOf(solvers[0]), saltOf(solvers[0])));
        measure("commit", solvers[0], shown);
        for (uint256 i = 1; i < 7; ++i) {
            commit(solvers[i]);
        }
        bytes memory scored = abi.encodeCall(tasks.score, (taskId, new bool[](7)));
        measure("score", scorers[0], scored);
        score(scorers[1], new bool[](7));
        measure("last score, which tells of seven solvers", scorers[2], scored);
    }
}
