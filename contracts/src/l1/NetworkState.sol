// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Ownable, Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";
import { IAnchors } from "../interfaces/IAnchors.sol";
import { IModules } from "../interfaces/IModules.sol";
import { INetworkState } from "../interfaces/INetworkState.sol";

/// @title NetworkState
contract NetworkState is INetworkState, Ownable2Step {
    /// @notice Names in one call: several times what a network has.
    uint256 public constant NAMES_MAX = 128;

    /// @inheritdoc INetworkState
    IModules public immutable modules;
    /// @inheritdoc INetworkState
    IAnchors public immutable anchors;

    /// @inheritdoc INetworkState
    uint32 public version;
    mapping(uint32 version => Published) internal _published;

    constructor(IModules modules_, IAnchors anchors_, address owner) Ownable(owner) {
        modules = modules_;
        anchors = anchors_;
    }

    /// @inheritdoc INetworkState
    function publish(bytes32 profileHash, bytes32 parameterRoot) external onlyOwner {
        require(profileHash != 0 && parameterRoot != 0, HashZero());
        Published storage before = _published[version];
        require(before.profileHash != profileHash || before.parameterRoot != parameterRoot, Unchanged());
        uint32 next = ++version;
        _published[next] = Published(profileHash, parameterRoot, uint40(block.timestamp));
        emit StatePublished(next, profileHash, parameterRoot);
    }

    /// @inheritdoc INetworkState
    function read(bytes32[] calldata names) external view returns (Shown memory shown) {
        require(names.length <= NAMES_MAX, NamesTooMany(names.length, NAMES_MAX));
        shown.version = version;
        shown.published = _published[version];
        shown.modules = new ModuleVersion[](names.length);
        for (uint256 i = 0; i < names.length; ++i) {
            bytes32 name = names[i];
            uint32 latest = modules.versions(name);
            shown.modules[i] = ModuleVersion(name, latest, latest == 0 ? address(0) : modules.moduleAt(name, latest));
        }
        shown.guardSetHash = anchors.guardSetHash();
        shown.last = anchors.last();
        shown.lastRoot = anchors.rootOf(shown.last.number);
    }

    /// @inheritdoc INetworkState
    function publishedAt(uint32 ofVersion) external view returns (Published memory) {
        return _published[ofVersion];
    }
}
