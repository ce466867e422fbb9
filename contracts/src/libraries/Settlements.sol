// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Settlements
/// @notice What names a settlement, and what chains an operator's settlements.
library Settlements {
    bytes32 internal constant SETTLEMENT_TYPEHASH = keccak256(
        "Settlement(address lane,bytes32 debitsHash,bytes32 creditsHash,bytes32 settlementRoot,bytes32 setCid)"
    );

    /// @notice A settlement's id: the EIP-712 struct hash of it.
    function hashSettlement(
        address lane,
        bytes32 debitsHash,
        bytes32 creditsHash,
        bytes32 settlementRoot,
        bytes32 setCid
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(SETTLEMENT_TYPEHASH, lane, debitsHash, creditsHash, settlementRoot, setCid));
    }

    /// @notice The lane's head after a settlement that was made at `timestamp`.
    function nextHead(bytes32 previous, bytes32 settlementId, uint256 timestamp) internal pure returns (bytes32) {
        return keccak256(abi.encode(previous, settlementId, timestamp));
    }
}
