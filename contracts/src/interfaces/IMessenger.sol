// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IMessenger
/// @notice Carries messages between the layers of a network. At-least-once relay, exactly-once effect.
interface IMessenger {
    event Sent(bytes32 indexed id, uint64 indexed dst, address from, address to, uint64 nonce, bytes body);

    /// @notice The message was meant for a chain that this messenger does not reach.
    error DestinationUnknown(uint64 dst);

    /// @notice Sends `body` to `to` on chain `dst`, whose `onMessage` is called with at most `gasLimit` gas.
    /// @return id keccak256 of (version, source chain, destination chain, nonce, from, to, keccak256(body)).
    function send(uint64 dst, address to, bytes calldata body, uint256 gasLimit) external payable returns (bytes32 id);
}
