// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IDuties } from "../../interfaces/IDuties.sol";
import { IEvidence } from "../../interfaces/IEvidence.sol";
import { IRegistry } from "../../interfaces/IRegistry.sol";
import { ISessionOwners } from "../../interfaces/ISessionOwners.sol";
import { Accusations } from "../../libraries/Accusations.sol";

/// @title Evidence
contract Evidence is IEvidence {
    /// Of receipts, of who signs its session's debits itself.
    uint8 internal constant CUSTODY_SELF = 0;

    IRegistry public immutable registry;
    ISessionOwners public immutable sessions;
    IDuties public immutable duties;

    constructor(IRegistry registry_, ISessionOwners sessions_, IDuties duties_) {
        registry = registry_;
        sessions = sessions_;
        duties = duties_;
    }

    /// @inheritdoc IEvidence
    function check(Accusations.Accusation calldata accusation) external view returns (Shown memory shown) {
        shown.resultHash = Accusations.check(accusation, registry);
        shown.taskId = keccak256(abi.encode(accusation.receipt.taskId));
        shown.kernelClass = accusation.result.kernelClass;
        shown.modelId = accusation.task.modelId;
        shown.miner = accusation.result.miner;
        shown.minerOwner = registry.ownerOf(shown.miner);
        require(shown.minerOwner != address(0), MinerUnknown(shown.miner));
        shown.operator = accusation.receipt.operator;
        shown.client = sessions.ownerOf(accusation.receipt.account);
        shown.feeWei = accusation.receipt.feeWei;
        // A contract that asks for copies is answered by them, and a customer of the session's owner by its receipt: what was made wrong for those harmed somebody.
        shown.isOwn = shown.client == shown.minerOwner && accusation.task.redundancy == 1
            && accusation.receipt.custody == CUSTODY_SELF;
        require(!_isPlanted(shown.resultHash, shown.isOwn), Planted(shown.resultHash));
    }

    /// @inheritdoc IEvidence
    function requirePlanted(bytes32 resultHash, bool isOwn) external view {
        require(_isPlanted(resultHash, isOwn), NotPlanted(resultHash));
    }

    function _isPlanted(bytes32 resultHash, bool isOwn) internal view returns (bool) {
        return isOwn && duties.isPlanted(resultHash);
    }
}
