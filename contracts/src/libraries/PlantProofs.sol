// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Results } from "./Results.sol";
import { Tasks } from "./Tasks.sol";

/// @title PlantProofs
/// @notice What the first bytes of a planted result's proof say of it: `encodePlantProof` of `packages/protocol`. Whether its fingerprint is the salt's, everybody sees
/// for itself; no contract computes it.
library PlantProofs {
    struct Shown {
        /// Struct hash of the result; zero for bytes that are no proof.
        bytes32 resultHash;
        address miner;
        /// Of the task.
        uint64 deadline;
    }

    uint256 internal constant TASK_BYTES = 198;
    uint256 internal constant RESULT_BYTES = 225;
    /// @notice Task, result, and how many tokens follow.
    uint256 internal constant HEAD_BYTES = TASK_BYTES + RESULT_BYTES + 2;

    function read(bytes calldata proof) internal pure returns (Shown memory shown) {
        if (proof.length < HEAD_BYTES) return shown;
        Tasks.Task memory task = _taskOf(proof[:TASK_BYTES]);
        Results.Result memory result = _resultOf(proof[TASK_BYTES:HEAD_BYTES]);
        if (Tasks.hashTask(task) != result.taskId) return shown;
        shown = Shown(Results.hashResult(result), result.miner, task.deadline);
    }

    function _taskOf(bytes calldata packed) private pure returns (Tasks.Task memory task) {
        task.account = uint32(bytes4(packed[0:4]));
        task.session = bytes32(packed[4:36]);
        task.seq = uint32(bytes4(packed[36:40]));
        task.modelId = bytes32(packed[40:72]);
        task.promptCommit = bytes32(packed[72:104]);
        task.paramsHash = bytes32(packed[104:136]);
        task.maxIn = uint32(bytes4(packed[136:140]));
        task.maxOut = uint32(bytes4(packed[140:144]));
        task.feeCapWei = uint96(bytes12(packed[144:156]));
        task.deadline = uint64(bytes8(packed[156:164]));
        task.userNonce = bytes32(packed[164:196]);
        task.privacy = uint8(packed[196]);
        task.redundancy = uint8(packed[197]);
    }

    /// A whole answer: replica 0, segment 0, from the first token on.
    function _resultOf(bytes calldata packed) private pure returns (Results.Result memory result) {
        result.taskId = bytes32(packed[0:32]);
        result.miner = address(bytes20(packed[32:52]));
        result.tokenRoot = bytes32(packed[52:84]);
        result.fpRoot = bytes32(packed[84:116]);
        result.recipeHash = bytes32(packed[116:148]);
        result.outCommit = bytes32(packed[148:180]);
        result.nIn = uint32(bytes4(packed[180:184]));
        result.finish = uint8(packed[184]);
        result.kernelClass = bytes32(packed[185:217]);
        result.tFirstMs = uint32(bytes4(packed[217:221]));
        result.tTotalMs = uint32(bytes4(packed[221:225]));
        uint32 count = uint16(bytes2(packed[225:227]));
        (result.to, result.nOut) = (count, count);
    }
}
