// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title ICrossDomainMessenger
/// @notice What is used of the OP Stack's `CrossDomainMessenger`, by its published ABI: the same on both of its layers.
interface ICrossDomainMessenger {
    function sendMessage(address target, bytes calldata message, uint32 minGasLimit) external payable;

    /// @dev Reverts outside of a message.
    function xDomainMessageSender() external view returns (address);
}
