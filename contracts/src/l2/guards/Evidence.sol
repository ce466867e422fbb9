// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IEvidence } from "../../interfaces/IEvidence.sol";
import { IRegistry } from "../../interfaces/IRegistry.sol";
import { ISessionOwners } from "../../interfaces/ISessionOwners.sol";
import { Accusations } from "../../libraries/Accusations.sol";

/// @title Evidence
contract Evidence is IEvidence {
    IRegistry public immutable registry;
    ISessionOwners public immutable sessions;

    constructor(IRegistry registry_, ISessionOwners sessions_) {
        registry = registry_;
        sessions = sessions_;
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
    }
}
