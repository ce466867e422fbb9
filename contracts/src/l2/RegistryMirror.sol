// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { IComplianceHook } from "../interfaces/IComplianceHook.sol";
import { IMessenger } from "../interfaces/IMessenger.sol";
import { IReceiver } from "../interfaces/IReceiver.sol";
import { IRegistry } from "../interfaces/IRegistry.sol";
import { IRegistryMirror } from "../interfaces/IRegistryMirror.sol";
import { IRegistryReporter } from "../interfaces/IRegistryReporter.sol";
import { IRouters } from "../interfaces/IRouters.sol";
import { Batches } from "../libraries/Batches.sol";

/// @title RegistryMirror
contract RegistryMirror is IRegistryMirror, EIP712 {
    /// What the last report said beside the node itself.
    struct Seen {
        uint64 sequence;
        bool wasRouter;
        bool isVerified;
    }

    uint8 internal constant ROLE_ROUTER = 1;

    IMessenger public immutable messenger;
    /// @notice Chain and address of the reporter.
    uint64 public immutable reporterChainId;
    address public immutable reporter;
    IComplianceHook public immutable compliance;

    /// @inheritdoc IRegistryMirror
    uint32 public nodeCount;
    /// @inheritdoc IRegistryMirror
    mapping(uint32 id => address signer) public signerAt;
    mapping(address signer => Seen) internal _seen;
    mapping(address signer => IRegistry.Node) internal _nodes;
    mapping(address signer => IRegistry.VerificationRecord) internal _verifications;

    constructor(IMessenger messenger_, uint64 reporterChainId_, address reporter_, IComplianceHook compliance_)
        EIP712("Cortensor", "1")
    {
        messenger = messenger_;
        reporterChainId = reporterChainId_;
        reporter = reporter_;
        compliance = compliance_;
    }

    /// @inheritdoc IReceiver
    /// @dev A report that is not newer than what is known changes nothing: they may come twice, or out of order.
    function onMessage(uint64 src, address from, bytes32, bytes calldata body) external {
        require(msg.sender == address(messenger), NotMessenger(msg.sender));
        require(src == reporterChainId && from == reporter, NotReporter(src, from));
        IRegistryReporter.Report memory report = abi.decode(body, (IRegistryReporter.Report));
        if (report.sequence <= _seen[report.signer].sequence) return;
        _seen[report.signer] = Seen(report.sequence, report.wasRouter, report.isVerified);
        _nodes[report.signer] = report.node;
        _verifications[report.signer] = report.verification;
        uint32 id = report.node.id;
        signerAt[id] = report.signer;
        if (id > nodeCount) nodeCount = id;
        emit NodeSeen(id, report.signer, report.node.owner, report.sequence);
    }

    /* VIEWS */

    /// @inheritdoc IRegistryMirror
    function isVerified(address signer) external view returns (bool) {
        IRegistry.Node storage node = _nodes[signer];
        return _seen[signer].isVerified && node.leftAt == 0 && block.timestamp < _verifications[signer].expires
            && !compliance.isDenied(node.owner) && !compliance.isDenied(signer);
    }

    /// @inheritdoc IRegistryMirror
    function verificationOf(address signer) external view returns (IRegistry.VerificationRecord memory) {
        return _verifications[signer];
    }

    /// @inheritdoc IRegistryMirror
    function nodeOf(address signer) external view returns (IRegistry.Node memory) {
        return _nodes[signer];
    }

    /// @inheritdoc IRouters
    function isRouterOf(address signer, address operator) external view returns (bool) {
        IRegistry.Node storage node = _nodes[signer];
        return
            operator != address(0) && node.owner == operator && node.leftAt == 0
                && node.details.roles & ROLE_ROUTER != 0;
    }

    /// @inheritdoc IRouters
    function wasRouterOf(address signer, address operator) external view returns (bool) {
        return operator != address(0) && _nodes[signer].owner == operator && _seen[signer].wasRouter;
    }

    /// @inheritdoc IRouters
    function ownerOf(address signer) external view returns (address operator) {
        return _nodes[signer].owner;
    }

    /// @inheritdoc IRegistryMirror
    function sequenceOf(address signer) external view returns (uint64) {
        return _seen[signer].sequence;
    }

    /// @inheritdoc IRegistryMirror
    function batchDigest(Batches.Batch calldata batch) public view returns (bytes32) {
        return _hashTypedDataV4(Batches.hashBatch(batch));
    }

    /// @inheritdoc IRegistryMirror
    function signerOfLeaf(
        Batches.Batch calldata batch,
        bytes calldata signature,
        bytes32 structHash,
        bytes32[] calldata path
    ) external view returns (address signer) {
        require(Batches.isLeafOf(batch.root, structHash, path), LeafAbsent(batch.root, structHash));
        return ECDSA.recoverCalldata(batchDigest(batch), signature);
    }
}
