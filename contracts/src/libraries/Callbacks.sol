// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Callbacks
/// @notice Calls that can't hurt who makes them: bounded gas, and nothing of what comes back is looked at.
library Callbacks {
    error GasBelow(uint256 left, uint256 needed);

    /// @notice What stays with the caller for what it does afterwards.
    uint256 internal constant RESERVE_GAS = 30_000;

    /// @notice Calls `target` with exactly `gasLimit`, or not at all: who sends the transaction can't make the call fail by
    /// giving too little.
    /// @return ok Whether the target has code and didn't revert.
    function callBounded(address target, uint256 gasLimit, bytes memory data) internal returns (bool ok) {
        // A call is given at most 63/64 of what is left.
        uint256 needed = gasLimit + gasLimit / 63 + RESERVE_GAS;
        uint256 left = gasleft();
        require(left >= needed, GasBelow(left, needed));
        if (target.code.length == 0) return false;
        // An output of no bytes: what comes back stays where it is, however much it is, and costs the caller nothing.
        assembly ("memory-safe") {
            ok := call(gasLimit, target, 0, add(data, 0x20), mload(data), 0, 0)
        }
    }
}
