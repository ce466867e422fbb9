// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IComplianceHook } from "../interfaces/IComplianceHook.sol";

/// @title NoCompliance
/// @notice The compliance hook of a network that denies nobody. It can't be changed into one that does.
contract NoCompliance is IComplianceHook {
    /// @inheritdoc IComplianceHook
    function isDenied(address) external pure returns (bool) {
        return false;
    }
}
