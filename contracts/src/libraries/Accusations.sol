// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IBondClaims } from "../interfaces/IBondClaims.sol";
import { IRegistry } from "../interfaces/IRegistry.sol";
import { Receipts } from "./Receipts.sol";
import { Results } from "./Results.sol";
import { Tasks } from "./Tasks.sol";

/// @title Accusations
/// @notice What shows that a miner signed a result, and that a router promised a fee for it: enough to hold both to their word, and nothing
/// that one of them could make up about the other.
library Accusations {
    struct Accusation {
        Tasks.Task task;
        Receipts.Receipt receipt;
        /// Struct hashes of all results that the receipt stands for, in its order.
        bytes32[] resultHashes;
        /// Place of the result among them.
        uint256 place;
        Results.Result result;
        /// The receipt in a batch of its router's.
        IBondClaims.Proof receiptProof;
        /// The result in a batch of its miner's.
        IBondClaims.Proof resultProof;
    }

    /// @notice How long after a task's deadline its results may be disputed. Miners keep what shows them right for so long.
    uint256 internal constant DISPUTE_SECONDS = 1 days;

    error TaskForeign(bytes32 taskId, bytes32 stated);
    error AccountForeign(uint32 account, uint32 stated);
    error ResultsForeign(bytes32 given, bytes32 promised);
    error ResultAbsent(uint256 place, uint256 count);
    error ResultForeign(bytes32 given, bytes32 listed);
    error MinerForeign(address miner, address stated);
    error NotRouter(address signer, address operator);
    /// The router promised more than the task allowed: no miner has agreed to be judged by that.
    error FeeAboveCap(uint256 feeWei, uint256 capWei);
    error DisputeTooLate(uint256 until);

    /// @notice Reverts for what shows nothing.
    /// @return resultHash Struct hash of the result.
    function check(Accusation calldata shown, IRegistry registry) internal view returns (bytes32 resultHash) {
        uint256 until = shown.task.deadline + DISPUTE_SECONDS;
        require(block.timestamp < until, DisputeTooLate(until));
        _checkReceipt(shown, registry);
        resultHash = _checkResult(shown, registry);
    }

    /// The receipt is of that task, of its account, within its cap, and signed by a router of the operator that it names.
    function _checkReceipt(Accusation calldata shown, IRegistry registry) private view {
        Receipts.Receipt memory receipt = shown.receipt;
        bytes32 taskId = Tasks.hashTask(shown.task);
        require(receipt.taskId == taskId, TaskForeign(taskId, receipt.taskId));
        require(receipt.account == shown.task.account, AccountForeign(shown.task.account, receipt.account));
        uint256 capWei = shown.task.feeCapWei;
        require(receipt.feeWei <= capWei, FeeAboveCap(receipt.feeWei, capWei));
        address signer = _signerOf(shown.receiptProof, Receipts.hashReceipt(receipt), registry);
        require(registry.wasRouterOf(signer, receipt.operator), NotRouter(signer, receipt.operator));
    }

    /// The result is one of those that the receipt stands for, and signed by its miner.
    function _checkResult(Accusation calldata shown, IRegistry registry) private view returns (bytes32 resultHash) {
        Results.Result memory result = shown.result;
        require(result.taskId == shown.receipt.taskId, TaskForeign(shown.receipt.taskId, result.taskId));
        bytes32 given = keccak256(abi.encodePacked(shown.resultHashes));
        require(given == shown.receipt.resultsHash, ResultsForeign(given, shown.receipt.resultsHash));
        uint256 place = shown.place;
        require(place < shown.resultHashes.length, ResultAbsent(place, shown.resultHashes.length));
        resultHash = Results.hashResult(result);
        require(resultHash == shown.resultHashes[place], ResultForeign(resultHash, shown.resultHashes[place]));
        address signer = _signerOf(shown.resultProof, resultHash, registry);
        require(signer == result.miner, MinerForeign(signer, result.miner));
    }

    function _signerOf(IBondClaims.Proof calldata proof, bytes32 structHash, IRegistry registry)
        private
        view
        returns (address)
    {
        return registry.signerOfLeaf(proof.batch, proof.signature, structHash, proof.path);
    }
}
