// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IInferenceOracle } from "../../src/interfaces/IInferenceOracle.sol";
import { ISessions } from "../../src/interfaces/ISessions.sol";
import { InferenceOracle } from "../../src/l2/oracle/InferenceOracle.sol";
import { Results } from "../../src/libraries/Results.sol";
import { OracleConsumer } from "./OracleConsumer.sol";
import { QueuedTasks } from "./QueuedTasks.sol";

/// An oracle over a session queue, a consumer that asks it, and miners that answer what they are told to.
abstract contract AskedOracle is QueuedTasks {
    uint32 internal constant CALLBACK_GAS = 200_000;

    InferenceOracle internal oracle;
    OracleConsumer internal consumer;

    function setUp() public virtual override {
        super.setUp();
        oracle = new InferenceOracle(sessions, queue);
        consumer = consumerWith(someParams());
    }

    /* MAKERS */

    function consumerWith(ISessions.SessionParams memory params) internal returns (OracleConsumer) {
        return new OracleConsumer(oracle, queue, sessions, params);
    }

    function someQuestion() internal pure returns (IInferenceOracle.Question memory question) {
        question.text = "Is the sky blue?";
    }

    function askedTerms(IInferenceOracle.Policy policy, uint8 redundancy)
        internal
        view
        returns (IInferenceOracle.Terms memory)
    {
        return IInferenceOracle.Terms({
            modelId: keccak256("model"),
            assigner: operator,
            policy: policy,
            redundancy: redundancy,
            workSeconds: WORK_SECONDS,
            maxIn: 100,
            maxOut: 8,
            feeCapWei: 1e15,
            deadline: uint40(vm.getBlockTimestamp() + 1 hours)
        });
    }

    function someCallback() internal pure returns (IInferenceOracle.Callback memory) {
        return IInferenceOracle.Callback({ selector: OracleConsumer.onInference.selector, gasLimit: CALLBACK_GAS });
    }

    function asked(IInferenceOracle.Policy policy, uint8 redundancy) internal returns (bytes32) {
        return consumer.ask(someQuestion(), askedTerms(policy, redundancy), someCallback());
    }

    function askedOfThree() internal returns (bytes32) {
        return asked(IInferenceOracle.Policy.Majority, 3);
    }

    function resultWith(bytes32 taskId, uint256 seat, bytes memory output)
        internal
        view
        returns (Results.Result memory result)
    {
        result.taskId = taskId;
        result.miner = miners[seat];
        result.replica = uint8(seat);
        result.to = 2;
        result.tokenRoot = keccak256(abi.encode("tokens", seat));
        result.outCommit = Results.outCommit(taskId, output);
        result.nIn = 12;
        result.nOut = 2;
    }

    function opening(bytes32 taskId, uint256 seat, bytes memory output)
        internal
        view
        returns (IInferenceOracle.Opening memory)
    {
        return IInferenceOracle.Opening({ seat: uint8(seat), result: resultWith(taskId, seat, output), output: output });
    }

    /// Shows what each of these seats answered.
    function openings(bytes32 taskId, uint8[] memory seats, bytes[] memory outputs)
        internal
        view
        returns (IInferenceOracle.Opening[] memory opened)
    {
        opened = new IInferenceOracle.Opening[](seats.length);
        for (uint256 i = 0; i < seats.length; ++i) {
            opened[i] = opening(taskId, seats[i], outputs[seats[i]]);
        }
    }

    function two(bytes32 taskId, uint8 first, uint8 second, bytes[] memory outputs)
        internal
        view
        returns (IInferenceOracle.Opening[] memory)
    {
        uint8[] memory seats = new uint8[](2);
        (seats[0], seats[1]) = (first, second);
        return openings(taskId, seats, outputs);
    }

    function three(bytes memory first, bytes memory second, bytes memory third)
        internal
        pure
        returns (bytes[] memory outputs)
    {
        outputs = new bytes[](3);
        (outputs[0], outputs[1], outputs[2]) = (first, second, third);
    }

    /* STEPS */

    /// Assigned to as many miners as there are outputs, which precommit to them; committed by those whose output isn't empty.
    function answered(bytes32 taskId, bytes[] memory outputs) internal {
        acked(taskId, outputs.length);
        bool isWhole = true;
        for (uint256 i = 0; i < outputs.length; ++i) {
            precommit(taskId, miners[i], Results.hashResult(resultWith(taskId, i, outputs[i])));
        }
        for (uint256 i = 0; i < outputs.length; ++i) {
            if (outputs[i].length != 0) {
                commit(taskId, miners[i], Results.hashResult(resultWith(taskId, i, outputs[i])));
            } else {
                isWhole = false;
            }
        }
        if (isWhole) return;
        vm.warp(vm.getBlockTimestamp() + 120);
        queue.expire(taskId);
    }

    /// The task's results are in, and two of three say `yes`.
    function ready() internal returns (bytes32 taskId, IInferenceOracle.Opening[] memory opened) {
        taskId = askedOfThree();
        bytes[] memory outputs = three(" yes\n", "yes", "no");
        answered(taskId, outputs);
        opened = two(taskId, 0, 1, outputs);
    }
}
