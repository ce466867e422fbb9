// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IAnchors } from "./IAnchors.sol";
import { IModules } from "./IModules.sol";

/// @title INetworkState
/// @notice All that a fresh node needs to find and check a network, in one call: what its profile hashes to, which modules stand on the L1, who guards, and
/// how far each layer is anchored.
/// @dev The owner publishes what profile and parameters hash to. It changes nothing that they speak of; what was published before stays to be read.
interface INetworkState {
    struct Published {
        /// keccak256 of the profile (`profileHashOf`), which has every address on every layer.
        bytes32 profileHash;
        /// Merkle root of every parameter of every module (`parameterRootOf`).
        bytes32 parameterRoot;
        uint40 publishedAt;
    }

    struct ModuleVersion {
        bytes32 name;
        /// 0 when there is none.
        uint32 version;
        address module;
    }

    struct Shown {
        /// Counts what was published, from 1; 0 before the first.
        uint32 version;
        Published published;
        ModuleVersion[] modules;
        bytes32 guardSetHash;
        IAnchors.Last last;
        /// Root of the newest anchor.
        bytes32 lastRoot;
    }

    event StatePublished(uint32 indexed version, bytes32 profileHash, bytes32 parameterRoot);

    error HashZero();
    error Unchanged();
    error NamesTooMany(uint256 names, uint256 most);

    /// @notice Publishes the hashes of a profile and of its parameters. Only the owner.
    function publish(bytes32 profileHash, bytes32 parameterRoot) external;

    /// @notice Everything at once.
    /// @param names Of modules, as `Modules` knows them.
    function read(bytes32[] calldata names) external view returns (Shown memory);

    /// @notice What was published under a version.
    function publishedAt(uint32 version) external view returns (Published memory);

    function version() external view returns (uint32);
    function modules() external view returns (IModules);
    function anchors() external view returns (IAnchors);
}
