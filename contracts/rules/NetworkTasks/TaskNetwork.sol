// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { INetworkTasks } from "../../src/interfaces/INetworkTasks.sol";
import { NetworkSteps } from "../../src/libraries/NetworkSteps.sol";
import { NodeNetwork } from "../support/NodeNetwork.sol";

/// A network of sixteen active nodes of as many owners, assessed at level 5, and a task's way through its phases.
abstract contract TaskNetwork is NodeNetwork {
    uint8 internal constant DIFFICULTY = 5;
    bytes32 internal constant TOPIC = keccak256("topic");
    bytes32 internal constant QUESTIONS = keccak256("questions");

    address[] internal nodes;
    bytes32 internal taskId;

    function setUp() public virtual override {
        super.setUp();
        for (uint256 i = 0; i < 16; ++i) {
            nodes.push(assessedNode(i, DIFFICULTY));
        }
    }

    function request() internal {
        taskId = tasks.request(DIFFICULTY, 0);
    }

    /// To the first second of the second epoch after this one, in which a draw is made.
    function toClaims() internal {
        vm.warp(startOf(epochNow() + 2));
    }

    function toDraw() internal {
        wait(EPOCH_SECONDS / 2);
    }

    function tryClaim(INetworkTasks.Role role, address node) internal returns (bool ok) {
        (ok,) = address(tasks).call(abi.encodeCall(tasks.claim, (taskId, role, node)));
    }

    function claimAll(INetworkTasks.Role role) internal {
        for (uint256 i = 0; i < nodes.length; ++i) {
            tryClaim(role, nodes[i]);
        }
    }

    function open() internal {
        request();
        toClaims();
        claimAll(INetworkTasks.Role.Maker);
        toDraw();
        tasks.open(taskId);
    }

    function task() internal view returns (NetworkSteps.Task memory) {
        return tasks.taskOf(taskId);
    }

    function prepare() internal {
        open();
        vm.prank(task().creators[0]);
        tasks.create(taskId, TOPIC);
        vm.prank(task().preparers[0]);
        tasks.prepare(taskId, QUESTIONS);
    }

    function pingAll() internal {
        for (uint256 i = 0; i < nodes.length; ++i) {
            vm.prank(nodes[i]);
            pool.ping();
        }
    }

    function start() internal {
        prepare();
        pingAll();
        toClaims();
        claimAll(INetworkTasks.Role.Scorer);
        claimAll(INetworkTasks.Role.Solver);
        toDraw();
        tasks.start(taskId);
    }

    function resultOf(address node) internal pure returns (bytes32) {
        return keccak256(abi.encode("result", node));
    }

    function saltOf(address node) internal pure returns (bytes32) {
        return keccak256(abi.encode("salt", node));
    }

    function precommitOf(address node) internal view returns (bytes32) {
        return keccak256(
            abi.encodePacked("precommit-v1", block.chainid, address(tasks), taskId, node, saltOf(node), resultOf(node))
        );
    }

    function precommit(address node) internal {
        bytes32 hash = precommitOf(node);
        vm.prank(node);
        tasks.precommit(taskId, hash);
    }

    function commit(address node) internal {
        vm.prank(node);
        tasks.commit(taskId, resultOf(node), saltOf(node));
    }

    function score(address node, bool[] memory good) internal {
        vm.prank(node);
        tasks.score(taskId, good);
    }

    function assertPhase(NetworkSteps.Phase phase, string memory label) internal view {
        assertEq(uint8(task().phase), uint8(phase), label);
    }

    function assertEnding(NetworkSteps.Ending ending, string memory label) internal view {
        assertPhase(NetworkSteps.Phase.Ended, label);
        assertEq(uint8(task().ending), uint8(ending), label);
    }
}
