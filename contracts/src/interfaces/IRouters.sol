// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IRouters
/// @notice Who may act for an operator. The registry answers it; on another layer, its mirror does.
interface IRouters {
    /// @notice Whether `signer` is an active router node of `operator`.
    function isRouterOf(address signer, address operator) external view returns (bool);

    /// @notice Whether `signer` is, or ever was, a router node of `operator`. Once true it stays so, also after the node left or
    /// took other roles: what a router has promised, its operator answers for.
    function wasRouterOf(address signer, address operator) external view returns (bool);

    /// @notice The operator of a node, also after the node left; zero when the signer was never registered. It never changes.
    function ownerOf(address signer) external view returns (address operator);
}
