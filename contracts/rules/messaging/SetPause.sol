// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IPauseHook } from "../../src/interfaces/IPauseHook.sol";

/// A pause for anyone to set.
contract SetPause is IPauseHook {
    bool internal _isPaused;

    function set(bool to) external {
        _isPaused = to;
    }

    function isPaused(address) external view returns (bool) {
        return _isPaused;
    }
}
