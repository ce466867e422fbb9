// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Batches } from "../libraries/Batches.sol";
import { IReceiver } from "./IReceiver.sol";
import { IRegistry } from "./IRegistry.sol";
import { IRouters } from "./IRouters.sol";

/// @title IRegistryMirror
/// @notice The registry as a layer below it last heard of it: answers all that `IRegistry` is asked, by the same calls, and takes none of the others.
/// Nodes are registered where the registry is.
/// @dev Also the verifying contract of what nodes sign on this layer: EIP-712 domain {"Cortensor", "1", chain, this}. Nothing signed here counts on
/// another layer. It is late by as long as its messenger takes; who left, or lost its verification, counts here until that is reported.
interface IRegistryMirror is IRouters, IReceiver {
    event NodeSeen(uint32 indexed id, address indexed signer, address indexed owner, uint64 sequence);

    error NotMessenger(address caller);
    error NotReporter(uint64 src, address from);
    error LeafAbsent(bytes32 root, bytes32 structHash);

    /// @notice Whether a node was verified when it was last reported, neither left nor expired since, and nobody of it is denied here.
    function isVerified(address signer) external view returns (bool);

    function verificationOf(address signer) external view returns (IRegistry.VerificationRecord memory);

    /// @notice The node of a signer, also after it left.
    function nodeOf(address signer) external view returns (IRegistry.Node memory);

    /// @notice Highest id of a node that was heard of.
    function nodeCount() external view returns (uint32);

    /// @notice The signer of a node id; zero for one that wasn't heard of.
    function signerAt(uint32 id) external view returns (address);

    function batchDigest(Batches.Batch calldata batch) external view returns (bytes32);

    function signerOfLeaf(
        Batches.Batch calldata batch,
        bytes calldata signature,
        bytes32 structHash,
        bytes32[] calldata path
    ) external view returns (address signer);

    /// @notice The reporter's number of what is shown of a signer; 0 before the first.
    function sequenceOf(address signer) external view returns (uint64);
}
