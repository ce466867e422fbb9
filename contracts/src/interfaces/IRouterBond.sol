// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISlashable } from "./ISlashable.sol";

/// @title IRouterBond
/// @notice What a router operator puts up behind its receipts. A miner serves it only as far as this reaches.
/// @dev Owner powers, all of them: those of `ISlashable`; the slasher is the module that judges claims. The way out, and what a
/// slash takes, are those of the library `Exits`, in wei; its errors come from here too.
interface IRouterBond is ISlashable {
    struct Bond {
        uint128 bondWei;
        /// On its way out, still slashable.
        uint128 exitingWei;
        /// From when (inclusive) it may be withdrawn; 0 when nothing is on its way.
        uint64 exitAt;
    }

    event BondDeposited(address indexed operator, address indexed from, uint256 amountWei, uint256 bondWei);
    event BondExitRequested(address indexed operator, uint256 amountWei, uint256 exitAt);
    event BondWithdrawn(address indexed operator, address indexed to, uint256 amountWei);

    error ReceivedOther(uint256 receivedWei, uint256 expectedWei);

    /// @notice Adds the caller's COR to an operator's bond, which is the operator's from then on.
    function deposit(address operator, uint256 amountWei) external;

    /// @notice Starts the way out of a part of the caller's bond: 7 days. Joins what is on its way, and restarts the wait.
    function requestExit(uint256 amountWei) external;

    /// @notice Withdraws all that has waited long enough.
    function withdraw(address to) external returns (uint256 amountWei);

    function bondOf(address operator) external view returns (Bond memory);
}
