// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IFreezes
/// @notice Who freezes nodes: guards' contracts for good, by a proof of two roots; juries by a verdict, until it is paid, undone or over.
interface IFreezes {
    function isFrozen(address node) external view returns (bool);
}
