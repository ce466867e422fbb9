// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IModules
/// @notice Where each part of the network lives: name → version → address. Versions stand beside each other.
/// @dev Owner powers, all of them: append a version. Nothing that was added can be changed or removed.
interface IModules {
    struct Entry {
        /// Text of at most 32 bytes, left aligned: "SessionPayment".
        bytes32 name;
        address module;
    }

    event ModuleAdded(bytes32 indexed name, uint32 indexed version, address indexed module);

    error ModuleUnknown(bytes32 name, uint32 version);
    error ModuleWithoutCode(bytes32 name, address module);
    error NameEmpty();

    /// @notice Appends a version to each name; versions count from 1. Only the owner.
    function add(Entry[] calldata entries) external;

    /// @notice The newest version of a name.
    function latest(bytes32 name) external view returns (address module, uint32 version);

    /// @notice One version of a name.
    function moduleAt(bytes32 name, uint32 version) external view returns (address module);

    /// @notice How many versions a name has.
    function versions(bytes32 name) external view returns (uint32);
}
