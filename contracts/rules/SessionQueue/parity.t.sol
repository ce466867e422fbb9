// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Prompts } from "../../src/libraries/Prompts.sol";
import { Results } from "../../src/libraries/Results.sol";
import { Tasks } from "../../src/libraries/Tasks.sol";
import { StructVectors } from "../../test/support/StructVectors.sol";

/// The golden vectors of packages/protocol: a task by chain has the id, the prompt and the parameters of the same one by REST.
contract TaskParityTest is StructVectors {
    string internal commits = vm.readFile("packages/protocol/vectors/commits.json");

    function test_HashesTheTaskVector() public view {
        string memory path = at("Task");
        assertEq(Tasks.TASK_TYPEHASH, word(path, ".typeHash"), "typeHash");
        Tasks.Task memory task;
        task.account = uint32(number(path, "account"));
        task.session = word(path, ".message.session");
        task.seq = uint32(number(path, "seq"));
        task.modelId = word(path, ".message.modelId");
        task.promptCommit = word(path, ".message.promptCommit");
        task.paramsHash = word(path, ".message.paramsHash");
        task.maxIn = uint32(number(path, "maxIn"));
        task.maxOut = uint32(number(path, "maxOut"));
        task.feeCapWei = uint96(number(path, "feeCapWei"));
        task.deadline = uint64(number(path, "deadline"));
        task.userNonce = word(path, ".message.userNonce");
        task.privacy = uint8(number(path, "privacy"));
        task.redundancy = uint8(number(path, "redundancy"));
        assertEq(Tasks.hashTask(task), word(path, ".structHash"), "the task's id");
    }

    function test_HashesTheResultVector() public view {
        string memory path = at("Result");
        assertEq(Results.RESULT_TYPEHASH, word(path, ".typeHash"), "typeHash");
        Results.Result memory result;
        result.taskId = word(path, ".message.taskId");
        result.miner = account(path, "miner");
        result.replica = uint8(number(path, "replica"));
        result.segment = uint16(number(path, "segment"));
        result.from = uint32(number(path, "from"));
        result.to = uint32(number(path, "to"));
        result.tokenRoot = word(path, ".message.tokenRoot");
        result.fpRoot = word(path, ".message.fpRoot");
        result.recipeHash = word(path, ".message.recipeHash");
        result.outCommit = word(path, ".message.outCommit");
        result.nIn = uint32(number(path, "nIn"));
        result.nOut = uint32(number(path, "nOut"));
        result.finish = uint8(number(path, "finish"));
        result.kernelClass = word(path, ".message.kernelClass");
        result.tFirstMs = uint32(number(path, "tFirstMs"));
        result.tTotalMs = uint32(number(path, "tTotalMs"));
        assertEq(Results.hashResult(result), word(path, ".structHash"), "structHash");
    }

    function test_CommitsToTheOutputVector() public view {
        bytes32 taskId = vm.parseJsonBytes32(commits, ".taskId");
        string memory output = vm.parseJsonString(commits, ".output.text");
        assertEq(Results.outCommit(taskId, bytes(output)), vm.parseJsonBytes32(commits, ".output.commit"), "outCommit");
    }

    function test_EncodesTheChatVectors() public view {
        assertEncoding(2, Prompts.encodeChat("", "What is the capital of France?"));
        assertEncoding(4, Prompts.encodeChat("Answer in one word.", "Is the sky blue?"));
    }

    function assertEncoding(uint256 index, bytes memory encoded) internal view {
        string memory path = string.concat(".prompts[", vm.toString(index), "]");
        bytes memory expected = vm.parseJsonBytes(commits, string.concat(path, ".encoding"));
        assertEq(keccak256(encoded), keccak256(expected), "encoding");
        bytes32 salt = vm.parseJsonBytes32(commits, ".salt");
        bytes32 commit = vm.parseJsonBytes32(commits, string.concat(path, ".commit"));
        assertEq(keccak256(bytes.concat(salt, encoded)), commit, "commit");
    }

    function test_EncodesTheGreedyParameters() public view {
        bytes memory encoded = Prompts.greedyParams(8);
        assertEq(keccak256(encoded), keccak256(vm.parseJsonBytes(commits, ".params[4].encoding")), "encoding");
        assertEq(keccak256(encoded), vm.parseJsonBytes32(commits, ".params[4].hash"), "hash");
    }
}
