// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title ISessionOwners
/// @notice All that payment needs to know of sessions.
interface ISessionOwners {
    /// @notice The owner of an account; zero when it does not exist.
    function ownerOf(uint32 account) external view returns (address);
}
