// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IReceiver } from "./IReceiver.sol";

/// @title IStakeView
/// @notice The stake of operators as L2 last heard of it from the vault on L1.
/// @dev Warning: a mirror is late by as long as its messenger takes. Rely on it for admission, never for payment.
interface IStakeView is IReceiver {
    event StakeSeen(address indexed operator, uint256 stakedWei, uint64 sequence);

    error NotMessenger(address caller);
    error NotVault(uint64 src, address from);

    /// @notice Stake in force, without what is on its way out.
    function stakeOf(address operator) external view returns (uint256 stakedWei);

    /// @notice The vault's sequence number of what is shown.
    function sequenceOf(address operator) external view returns (uint64);
}
