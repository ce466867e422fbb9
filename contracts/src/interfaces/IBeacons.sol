// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IBeacons
/// @notice Randomness by epoch, and the epochs that it goes by. Whoever draws from it decides what is drawn from before the beacon is known.
interface IBeacons {
    /// @notice Start of epoch 0, in seconds of chain time.
    function t0() external view returns (uint64);

    /// @notice Length of an epoch, in seconds of chain time.
    function epochSeconds() external view returns (uint64);

    /// @notice The beacon of an epoch.
    /// @return beacon Zero while it isn't known.
    function beaconOf(uint64 epoch) external view returns (bytes32 beacon);
}
