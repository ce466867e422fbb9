// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IRegistry } from "./IRegistry.sol";

/// @title IRegistryReporter
/// @notice Tells the layer below what the registry here says of nodes. Anyone may have a node reported, as often as they like, by paying for it: what
/// is said is read here, not given.
/// @dev On the L2 the registry is itself a mirror, and the layer below the L3.
interface IRegistryReporter {
    struct Report {
        address signer;
        /// Counts the reports of a signer, from 1.
        uint64 sequence;
        IRegistry.Node node;
        IRegistry.VerificationRecord verification;
        /// Whether it is, or ever was, a router.
        bool wasRouter;
        /// Whether it was verified when it was reported.
        bool isVerified;
    }

    event NodeReported(address indexed signer, uint64 sequence, bytes32 id);

    error NodeUnknown(address signer);

    /// @notice Reports each node as it stands, in one relay.
    function report(address[] calldata signers) external payable returns (bytes32[] memory ids);

    /// @notice Number of a signer's last report; 0 before the first.
    function sequenceOf(address signer) external view returns (uint64);
}
