// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IComplianceHook } from "../interfaces/IComplianceHook.sol";
import { IPauseHook } from "../interfaces/IPauseHook.sol";

/// @title Hooks
/// @notice What a contract asks before it takes something in.
library Hooks {
    error Denied(address account);
    error Paused(address module);

    function requireAllowed(IComplianceHook compliance, address account) internal view {
        require(!compliance.isDenied(account), Denied(account));
    }

    function requireOpen(IPauseHook pause) internal view {
        require(!pause.isPaused(address(this)), Paused(address(this)));
    }
}
