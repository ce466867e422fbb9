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

    function hashDebit(Debit memory debit, address lane) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                DEBIT_TYPEHASH, debit.account, lane, debit.cumulativeWei, debit.receiptsRoot, debit.count, debit.epoch
            )
        );
    }

    function countPacked(bytes calldata packed) internal pure returns (uint256) {
        require(packed.length % PACKED_BYTES == 0, DebitsMisaligned(packed.length));
        return packed.length / PACKED_BYTES;
    }

    /// @dev `index` must be below `countPacked(packed)`: the slices revert past the end.
    function unpack(bytes calldata packed, uint256 index)
        internal
        pure
        returns (Debit memory debit, bytes calldata signature)
    {
        uint256 start = index * PACKED_BYTES;
        debit.account = uint32(bytes4(packed[start:start + 4]));
        debit.cumulativeWei = uint96(bytes12(packed[start + 4:start + 16]));
        debit.receiptsRoot = bytes32(packed[start + 16:start + 48]);
        debit.count = uint32(bytes4(packed[start + 48:start + 52]));
        debit.epoch = uint64(bytes8(packed[start + 52:start + 60]));
        signature = packed[start + 60:start + PACKED_BYTES];
    }
}
