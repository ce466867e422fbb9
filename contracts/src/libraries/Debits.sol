// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Debits
/// @notice A client's cumulative permission to spend: its EIP-712 hash, and its packed form in a settlement.
library Debits {
    struct Debit {
        uint32 account;
        uint96 cumulativeWei;
        bytes32 receiptsRoot;
        uint32 count;
        uint64 epoch;
    }

    bytes32 internal constant DEBIT_TYPEHASH = keccak256(
        "Debit(uint32 account,address lane,uint96 cumulativeWei,bytes32 receiptsRoot,uint32 count,uint64 epoch)"
    );

    /// @notice account 4 ‖ cumulativeWei 12 ‖ receiptsRoot 32 ‖ count 4 ‖ epoch 8 ‖ signature 65 (r ‖ s ‖ v), big-endian.
    uint256 internal constant PACKED_BYTES = 125;

    error DebitsMisaligned(uint256 bytesGiven);

    /// @dev Written beside the free memory, which is left free: `abi.encode` would use up 256 bytes a debit.
    function hashDebit(Debit memory debit, address lane) internal pure returns (bytes32 hash) {
        bytes32 typeHash = DEBIT_TYPEHASH;
        assembly ("memory-safe") {
            let at := mload(0x40)
            mstore(at, typeHash)
            mstore(add(at, 0x20), mload(debit))
            mstore(add(at, 0x40), lane)
            mstore(add(at, 0x60), mload(add(debit, 0x20)))
            mstore(add(at, 0x80), mload(add(debit, 0x40)))
            mstore(add(at, 0xa0), mload(add(debit, 0x60)))
            mstore(add(at, 0xc0), mload(add(debit, 0x80)))
            hash := keccak256(at, 0xe0)
        }
    }

    function countPacked(bytes calldata packed) internal pure returns (uint256) {
        require(packed.length % PACKED_BYTES == 0, DebitsMisaligned(packed.length));
        return packed.length / PACKED_BYTES;
    }

    /// @notice Reads the debit at `index` into `debit`, and its signature.
    /// @dev `index` must be below `countPacked(packed)`. Each field is read at its offset within the debit's 125 bytes, all of
    /// which lie inside `packed` then; shifts leave exactly the field's bits. Slices of calldata, and a struct for each
    /// debit, cost 2,000 gas a debit more.
    function unpackInto(Debit memory debit, bytes calldata packed, uint256 index)
        internal
        pure
        returns (bytes calldata signature)
    {
        assembly ("memory-safe") {
            let start := add(packed.offset, mul(index, PACKED_BYTES))
            mstore(debit, shr(224, calldataload(start)))
            mstore(add(debit, 0x20), shr(160, calldataload(add(start, 4))))
            mstore(add(debit, 0x40), calldataload(add(start, 16)))
            mstore(add(debit, 0x60), shr(224, calldataload(add(start, 48))))
            mstore(add(debit, 0x80), shr(192, calldataload(add(start, 52))))
            signature.offset := add(start, 60)
            signature.length := 65
        }
    }
}
