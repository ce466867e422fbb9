// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Batches } from "../libraries/Batches.sol";
import { Verifications } from "../libraries/Verifications.sol";
import { IRouters } from "./IRouters.sol";

/// @title IRegistry
/// @notice The nodes of the network and the operators that own them. Nobody has any power here but a node's owner; whether a node
/// is *verified* rests on the verifiers that its module names.
/// @dev A denied owner or signer can't register, nor anybody while paused (`Hooks`). Also the verifying contract of every node signature: EIP-712 domain {"Cortensor", "1", chain, this}.
interface IRegistry is IRouters {
    /// What an owner says of a node.
    struct NodeDetails {
        /// Any of 1 router, 2 miner, 4 guard.
        uint8 roles;
        /// X25519 public key that prompts are sealed to; zero when none.
        bytes32 sealingKey;
        /// What the node's engine answers as; zero when it has none.
        bytes32 kernelClass;
        /// At most 128 bytes.
        string peerId;
        /// At most 256 bytes; a router's public URL.
        string endpoint;
        /// At most 256 bytes: a CID.
        string metadata;
    }

    struct Node {
        /// The operator; zero when the signer was never registered.
        address owner;
        uint40 registeredAt;
        /// 0 while active.
        uint40 leftAt;
        /// Counts from 1.
        uint32 id;
        NodeDetails details;
    }

    /// What is known of a node's verification.
    struct VerificationRecord {
        /// Who vouched for it last; zero when nobody did.
        address verifier;
        /// First second at which that no longer holds; 0 when it was never verified, or its details changed since.
        uint64 expires;
        /// What the next verification must name. Grows with each verification, and with each change that ends one.
        uint64 nonce;
    }

    event NodeRegistered(uint32 indexed id, address indexed signer, address indexed owner, NodeDetails details);
    event NodeUpdated(uint32 indexed id, address indexed signer, NodeDetails details);
    event NodeLeft(uint32 indexed id, address indexed signer, address indexed owner);
    event NodeVerified(
        uint32 indexed id,
        address indexed signer,
        address indexed verifier,
        bytes32 kernelClass,
        bytes32 answer,
        uint64 expires
    );
    /// A change of sealing key or kernel class ended what was verified of the old ones.
    event VerificationEnded(uint32 indexed id, address indexed signer);

    error NodeExists(address signer);
    error NodeUnknown(address signer);
    error NodeInactive(address signer);
    error NotNodeOwner(address caller, address owner);
    error RolesInvalid(uint8 roles);
    error TextTooLong(uint256 bytesGiven, uint256 bytesMax);
    error RegistrationExpired(uint256 deadline);
    error SignatureForeign(address recovered, address signer);
    error VerificationLate(uint64 deadline);
    error VerificationExpiryOutOfBounds(uint64 expires, uint256 minimum, uint256 maximum);
    error VerificationNonceOther(uint64 stated, uint64 expected);
    error SealingKeyOther(bytes32 stated, bytes32 registered);
    error SealingKeyMissing(address signer);
    error KernelClassOther(bytes32 stated, bytes32 registered);
    error KernelClassMissing(address signer);
    error NotVerifier(address account);
    error VerifierOfItsOwn(address verifier, address owner);

    /// @notice Registers a node of the caller.
    /// @param signer The key that signs the node's batches; it agrees by `signature` and can never be registered again.
    /// @param deadline Last second (inclusive) at which the signature holds.
    /// @param signature EIP-712 `Registration(address owner,address signer,uint8 roles,bytes32 sealingKey,uint64 deadline)`.
    function register(address signer, NodeDetails calldata details, uint64 deadline, bytes calldata signature)
        external
        returns (uint32 id);

    /// @notice Replaces what is said of a node. Only its owner, while it is active. Another sealing key or kernel class ends its
    /// verification.
    function update(address signer, NodeDetails calldata details) external;

    /// @notice Ends a node for good; what it signed stays attributable. Only its owner.
    function leave(address signer) external;

    /// @notice Records that a node answered a challenge, by its own signature and a verifier's. Anyone may post it.
    /// @param nodeSignature The node's signature of the verification (see `Verifications`).
    /// @param verifierSignature The same of the verifier, which is neither the node, nor its owner, nor another node of that owner.
    function verify(
        address signer,
        Verifications.Verification calldata stated,
        bytes calldata nodeSignature,
        bytes calldata verifierSignature
    ) external;

    /// @notice Whether a node is verified: active, vouched for by a verifier that still counts, not expired, with the keys and the
    /// kernel class that were verified, and neither it nor its owner denied.
    function isVerified(address signer) external view returns (bool);

    function verificationOf(address signer) external view returns (VerificationRecord memory);

    /// @notice The node of a signer, also after it left.
    function nodeOf(address signer) external view returns (Node memory);

    /// @notice Nodes ever registered.
    function nodeCount() external view returns (uint32);

    /// @notice The signer of a node id, 1 … `nodeCount`.
    function signerAt(uint32 id) external view returns (address);

    /// @notice What a node signs for a batch.
    function batchDigest(Batches.Batch calldata batch) external view returns (bytes32);

    /// @notice Who signed a batch that holds a leaf. Reverts when the leaf is not in it, or the signature is malformed.
    function signerOfLeaf(
        Batches.Batch calldata batch,
        bytes calldata signature,
        bytes32 structHash,
        bytes32[] calldata path
    ) external view returns (address signer);

    error LeafAbsent(bytes32 root, bytes32 structHash);
}
