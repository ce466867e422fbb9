// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { SignedRoots } from "./SignedRoots.sol";

/// @title Verdicts
/// @notice What a validator found of a task: its EIP-712 hash under the domain of attestations, and what is posted before it is shown.
library Verdicts {
    /// What a validator may find.
    enum Outcome {
        Passed,
        Failed,
        /// Too short for a threshold, or nothing is calibrated.
        Undecided,
        /// Nobody shows the result's body.
        Withheld
    }

    struct Verdict {
        /// As the results root has it: keccak256(abi.encode(the task's hash)).
        bytes32 taskId;
        /// 1 or 2.
        uint8 tier;
        Outcome outcome;
        /// Hash of the statistics that it rests on; zero without any.
        bytes32 stats;
        /// The first output position at which a replay differs; 2³² − 1 without one.
        uint32 firstDiff;
        /// Fresh and secret until it is shown.
        bytes32 salt;
    }

    bytes32 internal constant VERDICT_TYPEHASH =
        keccak256("Verdict(bytes32 taskId,uint8 tier,uint8 outcome,bytes32 stats,uint32 firstDiff,bytes32 salt)");

    function hashVerdict(Verdict memory verdict) internal pure returns (bytes32) {
        return keccak256(abi.encode(VERDICT_TYPEHASH, verdict));
    }

    /// @notice `keccak256("verdict-commit-v1" ‖ validator ‖ digest)`: of one validator, chain and contract; a copied one opens for nobody.
    function commitmentOf(uint256 chainId, address attestations, address validator, Verdict memory verdict)
        internal
        pure
        returns (bytes32)
    {
        bytes32 digest = SignedRoots.typedDigest(chainId, attestations, hashVerdict(verdict));
        return keccak256(abi.encodePacked("verdict-commit-v1", validator, digest));
    }
}
