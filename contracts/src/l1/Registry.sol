// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { IRegistry } from "../interfaces/IRegistry.sol";
import { IRouters } from "../interfaces/IRouters.sol";
import { Batches } from "../libraries/Batches.sol";

/// @title Registry
contract Registry is IRegistry, EIP712 {
    uint8 public constant ROLE_ROUTER = 1;
    uint8 public constant ROLE_MINER = 2;
    uint8 public constant ROLE_GUARD = 4;
    uint8 internal constant ROLES_ALL = ROLE_ROUTER | ROLE_MINER | ROLE_GUARD;

    uint256 public constant PEER_ID_BYTES_MAX = 128;
    uint256 public constant ENDPOINT_BYTES_MAX = 256;
    uint256 public constant METADATA_BYTES_MAX = 256;

    bytes32 internal constant REGISTRATION_TYPEHASH =
        keccak256("Registration(address owner,address signer,uint8 roles,bytes32 sealingKey,uint64 deadline)");

    /// @inheritdoc IRegistry
    uint32 public nodeCount;
    /// @inheritdoc IRegistry
    mapping(uint32 id => address signer) public signerAt;
    mapping(address signer => Node) internal _nodes;
    mapping(address signer => bool) internal _wasRouter;

    constructor() EIP712("Cortensor", "1") { }

    /* NODES */

    /// @inheritdoc IRegistry
    function register(address signer, NodeDetails calldata details, uint64 deadline, bytes calldata signature)
        external
        returns (uint32 id)
    {
        require(_nodes[signer].owner == address(0), NodeExists(signer));
        require(block.timestamp <= deadline, RegistrationExpired(deadline));
        _checkDetails(details);
        bytes32 structHash = keccak256(
            abi.encode(REGISTRATION_TYPEHASH, msg.sender, signer, details.roles, details.sealingKey, deadline)
        );
        address recovered = ECDSA.recoverCalldata(_hashTypedDataV4(structHash), signature);
        require(recovered == signer, SignatureForeign(recovered, signer));

        id = ++nodeCount;
        signerAt[id] = signer;
        _nodes[signer] =
            Node({ owner: msg.sender, registeredAt: uint40(block.timestamp), leftAt: 0, id: id, details: details });
        if (details.roles & ROLE_ROUTER != 0) _wasRouter[signer] = true;
        emit NodeRegistered(id, signer, msg.sender, details);
    }

    /// @inheritdoc IRegistry
    function update(address signer, NodeDetails calldata details) external {
        Node storage node = _ownActiveNode(signer);
        _checkDetails(details);
        node.details = details;
        if (details.roles & ROLE_ROUTER != 0) _wasRouter[signer] = true;
        emit NodeUpdated(node.id, signer, details);
    }

    /// @inheritdoc IRegistry
    function leave(address signer) external {
        Node storage node = _ownActiveNode(signer);
        node.leftAt = uint40(block.timestamp);
        emit NodeLeft(node.id, signer, msg.sender);
    }

    /* VIEWS */

    /// @inheritdoc IRegistry
    function nodeOf(address signer) external view returns (Node memory) {
        return _nodes[signer];
    }

    /// @inheritdoc IRouters
    function isRouterOf(address signer, address operator) external view returns (bool) {
        Node storage node = _nodes[signer];
        return
            operator != address(0) && node.owner == operator && node.leftAt == 0
                && node.details.roles & ROLE_ROUTER != 0;
    }

    /// @inheritdoc IRouters
    function wasRouterOf(address signer, address operator) external view returns (bool) {
        return operator != address(0) && _nodes[signer].owner == operator && _wasRouter[signer];
    }

    /// @inheritdoc IRouters
    function ownerOf(address signer) external view returns (address operator) {
        return _nodes[signer].owner;
    }

    /// @inheritdoc IRegistry
    function batchDigest(Batches.Batch calldata batch) public view returns (bytes32) {
        return _hashTypedDataV4(Batches.hashBatch(batch));
    }

    /// @inheritdoc IRegistry
    function signerOfLeaf(
        Batches.Batch calldata batch,
        bytes calldata signature,
        bytes32 structHash,
        bytes32[] calldata path
    ) external view returns (address signer) {
        require(Batches.isLeafOf(batch.root, structHash, path), LeafAbsent(batch.root, structHash));
        return ECDSA.recoverCalldata(batchDigest(batch), signature);
    }

    /* INTERNAL */

    function _ownActiveNode(address signer) internal view returns (Node storage node) {
        node = _nodes[signer];
        require(node.owner != address(0), NodeUnknown(signer));
        require(node.owner == msg.sender, NotNodeOwner(msg.sender, node.owner));
        require(node.leftAt == 0, NodeInactive(signer));
    }

    function _checkDetails(NodeDetails calldata details) internal pure {
        require(details.roles != 0 && details.roles & ~ROLES_ALL == 0, RolesInvalid(details.roles));
        _checkLength(details.peerId, PEER_ID_BYTES_MAX);
        _checkLength(details.endpoint, ENDPOINT_BYTES_MAX);
        _checkLength(details.metadata, METADATA_BYTES_MAX);
    }

    function _checkLength(string calldata text, uint256 bytesMax) internal pure {
        require(bytes(text).length <= bytesMax, TextTooLong(bytes(text).length, bytesMax));
    }
}
