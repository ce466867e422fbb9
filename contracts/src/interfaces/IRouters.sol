// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IRouters
/// @notice Who may act for an operator. The registry answers it; on another layer, its mirror does.
interface IRouters {
    /// @notice Whether `signer` is an active router node of `operator`.
    function isRouterOf(address signer, address operator) external view returns (bool);
}
