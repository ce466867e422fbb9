// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IComplianceHook } from "../../src/interfaces/IComplianceHook.sol";
import { IPauseHook } from "../../src/interfaces/IPauseHook.sol";

/// Refuses one party, and pauses one module.
contract StrictHooks is IComplianceHook, IPauseHook {
    address public refused;
    address public paused;

    function refuse(address party) external {
        refused = party;
    }

    function pause(address module) external {
        paused = module;
    }

    function isDenied(address party) external view returns (bool) {
        return party == refused;
    }

    function isPaused(address module) external view returns (bool) {
        return module == paused;
    }
}
