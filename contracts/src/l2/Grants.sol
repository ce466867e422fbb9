// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IGrants } from "../interfaces/IGrants.sol";

/// @title Grants
contract Grants is IGrants {
    mapping(address owner => mapping(bytes32 grantHash => uint64)) internal _grants;
    mapping(address owner => mapping(bytes32 keptHash => uint64)) internal _objects;

    /// @inheritdoc IGrants
    function revoke(bytes32 grantHash) external {
        _note(_grants[msg.sender], grantHash);
        emit GrantRevoked(msg.sender, grantHash);
    }

    /// @inheritdoc IGrants
    function revokeObject(bytes32 keptHash) external {
        _note(_objects[msg.sender], keptHash);
        emit ObjectRevoked(msg.sender, keptHash);
    }

    /* VIEWS */

    /// @inheritdoc IGrants
    function revokedAt(address owner, bytes32 grantHash, bytes32 keptHash) external view returns (uint64) {
        uint64 grantAt = _grants[owner][grantHash];
        uint64 objectAt = _objects[owner][keptHash];
        if (grantAt == 0) return objectAt;
        return objectAt == 0 || grantAt < objectAt ? grantAt : objectAt;
    }

    /* INTERNAL */

    function _note(mapping(bytes32 => uint64) storage known, bytes32 hash) internal {
        require(hash != 0, HashZero());
        require(known[hash] == 0, KnownRevoked(msg.sender, hash));
        known[hash] = uint64(block.timestamp);
    }
}
