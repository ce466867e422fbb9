// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Batches } from "../libraries/Batches.sol";
import { IRouters } from "./IRouters.sol";

/// @title IRegistry
/// @notice The nodes of the network and the operators that own them. Nobody has any power here but a node's owner.
/// @dev Also the verifying contract of every node signature: EIP-712 domain {"Cortensor", "1", chain, this}.
interface IRegistry is IRouters {
    /// What an owner says of a node.
    struct NodeDetails {
        /// Any of 1 router, 2 miner, 4 guard.
        uint8 roles;
        /// X25519 public key that prompts are sealed to; zero when none.
        bytes32 sealingKey;
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

    event NodeRegistered(uint32 indexed id, address indexed signer, address indexed owner, NodeDetails details);
    event NodeUpdated(uint32 indexed id, address indexed signer, NodeDetails details);
    event NodeLeft(uint32 indexed id, address indexed signer, address indexed owner);

    error NodeExists(address signer);
    error NodeUnknown(address signer);
    error NodeInactive(address signer);
    error NotNodeOwner(address caller, address owner);
    error RolesInvalid(uint8 roles);
    error TextTooLong(uint256 bytesGiven, uint256 bytesMax);
    error RegistrationExpired(uint256 deadline);
    error SignatureForeign(address recovered, address signer);

    /// @notice Registers a node of the caller.
    /// @param signer The key that signs the node's batches; it agrees by `signature` and can never be registered again.
    /// @param deadline Last second (inclusive) at which the signature holds.
    /// @param signature EIP-712 `Registration(address owner,address signer,uint8 roles,bytes32 sealingKey,uint64 deadline)`.
    function register(address signer, NodeDetails calldata details, uint64 deadline, bytes calldata signature)
        external
        returns (uint32 id);

    /// @notice Replaces what is said of a node. Only its owner, while it is active.
    function update(address signer, NodeDetails calldata details) external;

    /// @notice Ends a node for good; what it signed stays attributable. Only its owner.
    function leave(address signer) external;

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
