// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IPauseHook } from "../interfaces/IPauseHook.sol";

/// @title NoPause
/// @notice The pause hook of a network that nobody can pause.
contract NoPause is IPauseHook {
    /// @inheritdoc IPauseHook
    function isPaused(address) external pure returns (bool) {
        return false;
    }
}
