// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IReceiver
/// @notice What a contract offers to a messenger. It must trust its own messenger alone, and be idempotent.
interface IReceiver {
    /// @param src Chain id of the sender.
    /// @param from The sender on that chain.
    /// @param id The message's id, unique.
    function onMessage(uint64 src, address from, bytes32 id, bytes calldata body) external;
}
