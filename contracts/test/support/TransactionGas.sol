// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// What a transaction costs: its execution, 21,000, and its calldata (4 a zero byte, 16 any other; at least 10 and 40 in all).
abstract contract TransactionGas {
    function transactionGas(bytes memory data, uint256 execution) internal pure returns (uint256) {
        uint256 tokens = 0;
        for (uint256 i = 0; i < data.length; ++i) {
            tokens += data[i] == 0 ? 1 : 4;
        }
        uint256 ordinary = 21_000 + 4 * tokens + execution;
        uint256 floor = 21_000 + 10 * tokens;
        return ordinary > floor ? ordinary : floor;
    }
}
