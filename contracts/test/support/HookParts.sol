// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IComplianceHook } from "../../src/interfaces/IComplianceHook.sol";
import { IPauseHook } from "../../src/interfaces/IPauseHook.sol";

/// A list that anybody may write on.
contract DenyList is IComplianceHook {
    mapping(address account => bool) public isDenied;

    function deny(address account, bool denied) external {
        isDenied[account] = denied;
    }
}

/// A switch per module that anybody may turn.
contract PauseSwitch is IPauseHook {
    mapping(address module => bool) public isPaused;

    function turn(address module, bool paused) external {
        isPaused[module] = paused;
    }
}
