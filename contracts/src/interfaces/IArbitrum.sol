// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// What is used of Arbitrum's contracts, by their published ABIs.

/// @title IArbInbox
/// @notice On the parent chain.
interface IArbInbox {
    function createRetryableTicket(
        address to,
        uint256 l2CallValue,
        uint256 maxSubmissionCost,
        address excessFeeRefundAddress,
        address callValueRefundAddress,
        uint256 gasLimit,
        uint256 maxFeePerGas,
        bytes calldata data
    ) external payable returns (uint256 ticket);

    function calculateRetryableSubmissionFee(uint256 dataLength, uint256 baseFee) external view returns (uint256);

    function bridge() external view returns (IArbBridge);
}

/// @title IArbBridge
/// @notice Calls what comes up from the child chain.
interface IArbBridge {
    /// @dev Outside of such a call, an address that is none's.
    function activeOutbox() external view returns (IArbOutbox);
}

/// @title IArbOutbox
interface IArbOutbox {
    function l2ToL1Sender() external view returns (address);
}

/// @title IArbSys
/// @notice The precompile at 0x64 of the child chain.
interface IArbSys {
    function sendTxToL1(address destination, bytes calldata data) external payable returns (uint256);
}
