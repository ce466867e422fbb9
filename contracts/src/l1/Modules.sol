// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Ownable, Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";
import { IModules } from "../interfaces/IModules.sol";

/// @title Modules
contract Modules is IModules, Ownable2Step {
    mapping(bytes32 name => address[]) internal _versions;

    constructor(address owner) Ownable(owner) { }

    /// @inheritdoc IModules
    function add(Entry[] calldata entries) external onlyOwner {
        for (uint256 i = 0; i < entries.length; ++i) {
            Entry calldata entry = entries[i];
            require(entry.name != 0, NameEmpty());
            require(entry.module.code.length != 0, ModuleWithoutCode(entry.name, entry.module));
            _versions[entry.name].push(entry.module);
            emit ModuleAdded(entry.name, versions(entry.name), entry.module);
        }
    }

    /// @inheritdoc IModules
    function latest(bytes32 name) external view returns (address module, uint32 version) {
        version = versions(name);
        module = moduleAt(name, version);
    }

    /// @inheritdoc IModules
    function moduleAt(bytes32 name, uint32 version) public view returns (address module) {
        require(version != 0 && version <= _versions[name].length, ModuleUnknown(name, version));
        return _versions[name][version - 1];
    }

    /// @inheritdoc IModules
    function versions(bytes32 name) public view returns (uint32) {
        return uint32(_versions[name].length);
    }
}
