// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Results
/// @notice A miner's statement of what it computed. Its EIP-712 struct hash is what a miner commits to in the session queue, and what
/// a receipt's `resultsHash` joins.
library Results {
    struct Result {
        bytes32 taskId;
        address miner;
        uint8 replica;
        uint16 segment;
        /// Output tokens `from … to` of the replica are this miner's.
        uint32 from;
        uint32 to;
        bytes32 tokenRoot;
        bytes32 fpRoot;
        bytes32 recipeHash;
        /// keccak256(taskId ‖ output bytes of this segment).
        bytes32 outCommit;
        uint32 nIn;
        uint32 nOut;
        /// 0 stop, 1 length, 2 abort, 3 error.
        uint8 finish;
        bytes32 kernelClass;
        uint32 tFirstMs;
        uint32 tTotalMs;
    }

    bytes32 internal constant RESULT_TYPEHASH = keccak256(
        "Result(bytes32 taskId,address miner,uint8 replica,uint16 segment,uint32 from,uint32 to,bytes32 tokenRoot,bytes32 fpRoot,bytes32 recipeHash,bytes32 outCommit,uint32 nIn,uint32 nOut,uint8 finish,bytes32 kernelClass,uint32 tFirstMs,uint32 tTotalMs)"
    );
    uint8 internal constant FINISH_STOP = 0;

    function hashResult(Result memory result) internal pure returns (bytes32) {
        return keccak256(abi.encode(RESULT_TYPEHASH, result));
    }

    function outCommit(bytes32 taskId, bytes memory output) internal pure returns (bytes32) {
        return keccak256(bytes.concat(taskId, output));
    }

    /// @notice Whether this is all of a replica's answer, by one miner and to its end: not a part before or after a hand-over,
    /// and not cut off.
    function isWhole(Result memory result) internal pure returns (bool) {
        return result.segment == 0 && result.from == 0 && result.finish == FINISH_STOP;
    }
}
