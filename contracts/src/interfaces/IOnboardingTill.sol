// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Orders } from "../libraries/Orders.sol";

/// @title IOnboardingTill
/// @notice Takes, on a chain beside the serving one, the coins of wallets that signed to be onboarded, and sends them to their orders'
/// purses there. It sends coins alone: what is done with them rests on the signature, which is checked again where they arrive.
/// @dev Nobody owns this contract, and it never holds a coin between two transactions.
interface IOnboardingTill {
    event OrderTaken(
        bytes32 indexed digest,
        address indexed owner,
        address purse,
        uint256 amountWei,
        uint256 feeWei,
        bytes32 messageId
    );

    /// @notice Meant for another chain or contract, or another's to take.
    error OrderForeign(bytes32 digest);
    error FeeAbove(uint256 feeWei, uint256 feeMaxWei);
    error NotSponsor(address caller, address sponsor);
    /// @notice The fee leaves nothing.
    error NothingLeft(uint256 amountWei, uint256 feeWei);

    /// @notice Takes the coins that an order gives, and sends what the fee leaves. Anyone; coins that come along pay for the way where the
    /// messenger takes any.
    /// @param feeWei What the caller keeps of it: within the order's bound, and nothing unless it is the order's sponsor.
    function take(Orders.Order calldata order, bytes calldata signature, uint256 feeWei)
        external
        payable
        returns (bytes32 messageId);

    function toChainId() external view returns (uint64);
    function onboarding() external view returns (address);
    /// @notice Where the coins of an order arrive on the serving chain.
    function purseOf(bytes32 digest) external view returns (address);
}
