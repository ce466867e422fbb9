// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title ILayerMaker
/// @notice Makes contracts at addresses that are known before: each follows from this maker and a name, whatever the code. So contracts of two chains
/// can name each other from their birth.
/// @dev The deployer can make what has no code yet; it touches nothing that stands.
interface ILayerMaker {
    event Made(bytes32 indexed name, address made, bytes32 codeHash);

    error NotDeployer(address caller);
    error MadeAlready(bytes32 name, address made);

    /// @notice Makes the contract of a name, once. Only the deployer.
    function make(bytes32 name, bytes calldata creation) external returns (address made, bytes32 codeHash);

    /// @notice Where the contract of a name stands, or will.
    function addressOf(bytes32 name) external view returns (address);

    function deployer() external view returns (address);
}
