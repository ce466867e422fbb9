// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { INetworkTasks } from "../../src/interfaces/INetworkTasks.sol";
import { TaskNetwork } from "./TaskNetwork.sol";

/// Gas of each step of a network task with every seat taken: execution, without the 21,000 of a transaction and its calldata. Every slot
/// of the contracts is cold.
contract NetworkTasksGasTest is TaskNetwork {
    event log_named_uint(string name, uint256 value);

    uint256 internal constant STEP_MOST = 3_000_000;
    /// What a miner sends in a day: a sign of life every 1,200 s, and every three hours a task that it asks for and solves.
    uint256 internal constant PINGS_A_DAY = 72;
    uint256 internal constant TASKS_A_DAY = 8;
    uint256 internal constant TRANSACTION = 21_000;
    uint256 internal constant DAY_MOST = 12_000_000;

    /// Of one task: request, claim, precommit and commit, with their transactions.
    uint256 internal solving;

    function measure(string memory label, address sender, bytes memory data) internal returns (uint256 gas) {
        vm.cool(address(tasks));
        vm.cool(address(pool));
        vm.cool(address(registry));
        vm.cool(address(levels));
        vm.prank(sender);
        uint256 before = gasleft();
        (bool ok,) = address(tasks).call(data);
        gas = before - gasleft();
        assertTrue(ok, label);
        emit log_named_uint(label, gas);
        assertTrue(gas <= STEP_MOST, "a step's gas is bounded");
    }

    function test_GasOfEachStep() public {
        solving = measure("request", stranger, abi.encodeCall(tasks.request, (DIFFICULTY, 0)));
        taskId = tasks.taskIdOf(epochNow(), DIFFICULTY, 0);
        toClaims();
        bytes memory claimed = abi.encodeCall(tasks.claim, (taskId, INetworkTasks.Role.Maker, nodes[0]));
        solving += measure("claim of a maker", stranger, claimed);
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
        bytes memory bound = abi.encodeCall(tasks.precommit, (taskId, precommitOf(solvers[0])));
        solving += measure("precommit", solvers[0], bound);
        for (uint256 i = 1; i < 7; ++i) {
            precommit(solvers[i]);
        }
        bytes memory shown = abi.encodeCall(tasks.commit, (taskId, resultOf(solvers[0]), saltOf(solvers[0])));
        solving += measure("commit", solvers[0], shown);
        for (uint256 i = 1; i < 7; ++i) {
            commit(solvers[i]);
        }
        bytes memory scored = abi.encodeCall(tasks.score, (taskId, new bool[](7)));
        measure("score", scorers[0], scored);
        score(scorers[1], new bool[](7));
        measure("last score, which tells of seven solvers", scorers[2], scored);
        uint256 day = PINGS_A_DAY * (TRANSACTION + pingGas()) + TASKS_A_DAY * (4 * TRANSACTION + solving);
        emit log_named_uint("a miner's day: 72 pings, 8 tasks asked for and solved, with their transactions", day);
        assertTrue(day <= DAY_MOST, "a day's gas is bounded");
    }

    function pingGas() internal returns (uint256) {
        vm.cool(address(pool));
        vm.cool(address(registry));
        vm.prank(nodes[0]);
        uint256 before = gasleft();
        pool.ping();
        return before - gasleft();
    }
}
