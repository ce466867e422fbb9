// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { IComplianceHook } from "../interfaces/IComplianceHook.sol";
import { IPauseHook } from "../interfaces/IPauseHook.sol";
import { IRegistry } from "../interfaces/IRegistry.sol";
import { IRouters } from "../interfaces/IRouters.sol";
import { IVerifiers } from "../interfaces/IVerifiers.sol";
import { Batches } from "../libraries/Batches.sol";
import { Hooks } from "../libraries/Hooks.sol";
import { Verifications } from "../libraries/Verifications.sol";

/// @title Registry
contract Registry is IRegistry, EIP712 {
    uint8 public constant ROLE_ROUTER = 1;
    uint8 public constant ROLE_MINER = 2;
    uint8 public constant ROLE_GUARD = 4;
    uint8 internal constant ROLES_ALL = ROLE_ROUTER | ROLE_MINER | ROLE_GUARD;

    uint256 public constant PEER_ID_BYTES_MAX = 128;
    uint256 public constant ENDPOINT_BYTES_MAX = 256;
    uint256 public constant METADATA_BYTES_MAX = 256;
    /// @notice A verification holds at most this long: engines and machines change.
    uint256 public constant VERIFICATION_SECONDS_MAX = 30 days;

    bytes32 internal constant REGISTRATION_TYPEHASH =
        keccak256("Registration(address owner,address signer,uint8 roles,bytes32 sealingKey,uint64 deadline)");

    IComplianceHook public immutable compliance;
    IPauseHook public immutable pause;
    IVerifiers public immutable verifiers;

    /// @inheritdoc IRegistry
    uint32 public nodeCount;
    /// @inheritdoc IRegistry
    mapping(uint32 id => address signer) public signerAt;
    mapping(address signer => Node) internal _nodes;
    mapping(address signer => bool) internal _wasRouter;
    mapping(address signer => VerificationRecord) internal _verifications;

    constructor(IComplianceHook compliance_, IPauseHook pause_, IVerifiers verifiers_) EIP712("Cortensor", "1") {
        compliance = compliance_;
        pause = pause_;
        verifiers = verifiers_;
    }

    /* NODES */

    /// @inheritdoc IRegistry
    function register(address signer, NodeDetails calldata details, uint64 deadline, bytes calldata signature)
        external
        returns (uint32 id)
    {
        Hooks.requireOpen(pause);
        Hooks.requireAllowed(compliance, msg.sender);
        Hooks.requireAllowed(compliance, signer);
        require(_nodes[signer].owner == address(0), NodeExists(signer));
        require(block.timestamp <= deadline, RegistrationExpired(deadline));
        _checkDetails(details);
        bytes32 structHash = keccak256(
            abi.encode(REGISTRATION_TYPEHASH, msg.sender, signer, details.roles, details.sealingKey, deadline)
        );
        _requireSigned(_hashTypedDataV4(structHash), signature, signer);

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
        bool isSameNode =
            details.sealingKey == node.details.sealingKey && details.kernelClass == node.details.kernelClass;
        node.details = details;
        if (details.roles & ROLE_ROUTER != 0) _wasRouter[signer] = true;
        emit NodeUpdated(node.id, signer, details);
        if (!isSameNode) _endVerification(node.id, signer);
    }

    /// @inheritdoc IRegistry
    function leave(address signer) external {
        Node storage node = _ownActiveNode(signer);
        node.leftAt = uint40(block.timestamp);
        emit NodeLeft(node.id, signer, msg.sender);
    }

    /* VERIFICATION */

    /// @inheritdoc IRegistry
    function verify(
        address signer,
        Verifications.Verification calldata stated,
        bytes calldata nodeSignature,
        bytes calldata verifierSignature
    ) external {
        Node storage node = _activeNode(signer);
        _checkStated(signer, node, stated);
        _checkVerifier(stated.verifier, node.owner);
        Hooks.requireAllowed(compliance, node.owner);
        Hooks.requireAllowed(compliance, signer);
        bytes32 digest = _hashTypedDataV4(Verifications.hashVerification(signer, stated));
        _requireSigned(digest, nodeSignature, signer);
        _requireSigned(digest, verifierSignature, stated.verifier);

        _verifications[signer] = VerificationRecord(stated.verifier, stated.expires, stated.nonce + 1);
        emit NodeVerified(node.id, signer, stated.verifier, stated.kernelClass, stated.answer, stated.expires);
    }

    /// @inheritdoc IRegistry
    function isVerified(address signer) external view returns (bool) {
        Node storage node = _nodes[signer];
        VerificationRecord storage record = _verifications[signer];
        return node.leftAt == 0 && block.timestamp < record.expires && verifiers.isVerifier(record.verifier)
            && !compliance.isDenied(node.owner) && !compliance.isDenied(signer);
    }

    /// @inheritdoc IRegistry
    function verificationOf(address signer) external view returns (VerificationRecord memory) {
        return _verifications[signer];
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

    function _activeNode(address signer) internal view returns (Node storage node) {
        node = _nodes[signer];
        require(node.owner != address(0), NodeUnknown(signer));
        require(node.leftAt == 0, NodeInactive(signer));
    }

    function _ownActiveNode(address signer) internal view returns (Node storage node) {
        node = _nodes[signer];
        require(node.owner != address(0), NodeUnknown(signer));
        require(node.owner == msg.sender, NotNodeOwner(msg.sender, node.owner));
        require(node.leftAt == 0, NodeInactive(signer));
    }

    /// What was verified of the old keys says nothing of the new ones, nor does a statement about them that wasn't posted yet.
    function _endVerification(uint32 id, address signer) internal {
        VerificationRecord storage record = _verifications[signer];
        record.nonce += 1;
        if (record.expires == 0) return;
        record.expires = 0;
        emit VerificationEnded(id, signer);
    }

    function _checkStated(address signer, Node storage node, Verifications.Verification calldata stated) internal view {
        require(block.timestamp <= stated.deadline, VerificationLate(stated.deadline));
        uint256 latest = block.timestamp + VERIFICATION_SECONDS_MAX;
        require(
            stated.expires > block.timestamp && stated.expires <= latest,
            VerificationExpiryOutOfBounds(stated.expires, block.timestamp + 1, latest)
        );
        uint64 nonce = _verifications[signer].nonce;
        require(stated.nonce == nonce, VerificationNonceOther(stated.nonce, nonce));
        bytes32 sealingKey = node.details.sealingKey;
        require(sealingKey != 0, SealingKeyMissing(signer));
        require(stated.sealingKey == sealingKey, SealingKeyOther(stated.sealingKey, sealingKey));
        bytes32 kernelClass = node.details.kernelClass;
        require(kernelClass != 0, KernelClassMissing(signer));
        require(stated.kernelClass == kernelClass, KernelClassOther(stated.kernelClass, kernelClass));
    }

    function _checkVerifier(address verifier, address owner) internal view {
        require(verifiers.isVerifier(verifier), NotVerifier(verifier));
        require(verifier != owner && _nodes[verifier].owner != owner, VerifierOfItsOwn(verifier, owner));
    }

    function _requireSigned(bytes32 digest, bytes calldata signature, address signer) internal pure {
        address recovered = ECDSA.recoverCalldata(digest, signature);
        require(recovered == signer, SignatureForeign(recovered, signer));
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
