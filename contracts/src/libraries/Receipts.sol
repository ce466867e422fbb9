// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Receipts
/// @notice A router's promise of what a task pays, and the packed list of whom.
library Receipts {
    /// A leaf of a router's batch.
    struct Receipt {
        bytes32 taskId;
        uint32 account;
        /// Owner of the router: its lane.
        address operator;
        bytes32 resultsHash;
        /// keccak256 of the packed payees.
        bytes32 payeesHash;
        uint96 feeWei;
        uint32 nIn;
        uint32 nOut;
        uint8 custody;
        uint8 finish;
        uint64 epoch;
        /// Who has which part of the fee: see `Splits`.
        bytes32 splitsHash;
    }

    /// What one miner earned with one segment, before the splits.
    struct Payee {
        address miner;
        uint8 replica;
        uint16 segment;
        uint96 amountWei;
    }

    bytes32 internal constant RECEIPT_TYPEHASH = keccak256(
        "Receipt(bytes32 taskId,uint32 account,address operator,bytes32 resultsHash,bytes32 payeesHash,uint96 feeWei,uint32 nIn,uint32 nOut,uint8 custody,uint8 finish,uint64 epoch,bytes32 splitsHash)"
    );

    /// @notice miner 20 ‖ replica 1 ‖ segment 2 ‖ from 4 ‖ to 4 ‖ wei 12, big-endian.
    uint256 internal constant PAYEE_BYTES = 43;

    error PayeesForeign(bytes32 given, bytes32 promised);
    error PayeeAbsent(uint256 index, uint256 count);

    function hashReceipt(Receipt memory receipt) internal pure returns (bytes32) {
        return keccak256(abi.encode(RECEIPT_TYPEHASH, receipt));
    }

    /// @notice The payee at `index` of those that a receipt promises to pay.
    /// @param payees Packed, all of them: their hash is in the receipt.
    function payeeAt(Receipt memory receipt, bytes calldata payees, uint256 index)
        internal
        pure
        returns (Payee memory payee)
    {
        bytes32 given = keccak256(payees);
        require(given == receipt.payeesHash, PayeesForeign(given, receipt.payeesHash));
        uint256 count = payees.length / PAYEE_BYTES;
        require(index < count, PayeeAbsent(index, count));
        bytes calldata packed = payees[index * PAYEE_BYTES:(index + 1) * PAYEE_BYTES];
        payee.miner = address(bytes20(packed));
        payee.replica = uint8(packed[20]);
        payee.segment = uint16(bytes2(packed[21:]));
        payee.amountWei = uint96(bytes12(packed[31:]));
    }
}
