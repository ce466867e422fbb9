// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IPauseHook
/// @notice Whether a contract takes nothing new. A pause stops what would come in; it never stops what leaves.
/// @dev A contract is made with one hook for good.
interface IPauseHook {
    /// @param module The contract that asks.
    function isPaused(address module) external view returns (bool);
}
