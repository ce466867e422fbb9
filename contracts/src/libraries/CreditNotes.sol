// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Batches } from "./Batches.sol";

/// @title CreditNotes
/// @notice An operator's cumulative promise to one payee, and the segments that it adds up.
library CreditNotes {
    /// A leaf of a router's batch.
    struct CreditNote {
        /// Owner of the router: the lane that pays.
        address operator;
        /// The miner's signing address.
        address payee;
        /// Σ `netWei` under the root. Never falls.
        uint96 cumulativeWei;
        /// Merkle root of the payee's `PaidSegment`s since the lane began, in the order of their booking.
        bytes32 receiptsRoot;
        uint32 count;
        uint64 epoch;
    }

    /// What one payee's entry of a receipt adds to its credit note. A leaf of the note's `receiptsRoot`.
    struct PaidSegment {
        bytes32 taskId;
        uint8 replica;
        uint16 segment;
        uint96 netWei;
    }

    bytes32 internal constant CREDIT_NOTE_TYPEHASH = keccak256(
        "CreditNote(address operator,address payee,uint96 cumulativeWei,bytes32 receiptsRoot,uint32 count,uint64 epoch)"
    );
    bytes32 internal constant PAID_SEGMENT_TYPEHASH =
        keccak256("PaidSegment(bytes32 taskId,uint8 replica,uint16 segment,uint96 netWei)");

    function hashNote(CreditNote memory note) internal pure returns (bytes32) {
        return keccak256(abi.encode(CREDIT_NOTE_TYPEHASH, note));
    }

    function hashSegment(PaidSegment memory paid) internal pure returns (bytes32) {
        return keccak256(abi.encode(PAID_SEGMENT_TYPEHASH, paid));
    }

    /// @notice Whether a note counts a segment.
    function covers(CreditNote memory note, PaidSegment memory paid, bytes32[] memory path)
        internal
        pure
        returns (bool)
    {
        return Batches.isLeafOf(note.receiptsRoot, hashSegment(paid), path);
    }
}
