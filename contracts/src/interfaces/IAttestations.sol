// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { SignedRoots } from "../libraries/SignedRoots.sol";
import { IGuardSets } from "./IGuardSets.sol";

/// @title IAttestations
/// @notice Roots of an epoch's records that a quorum of its guards has signed, and what freezes a guard that signed two. Nobody has any power
/// here: whoever has the signatures may post them.
/// @dev Also the verifying contract of every attestation: EIP-712 domain {"Cortensor", "1", chain, this}.
interface IAttestations {
    event AttestationPosted(uint64 indexed subjectChainId, uint8 indexed kind, uint64 indexed epoch, bytes32 root);
    event EquivocationShown(
        address indexed guard, address indexed finder, uint64 subjectChainId, uint8 kind, uint64 epoch
    );

    error RootZero();
    error PostOutOfTime(uint64 epoch, uint256 from, uint256 until);
    error PostedAlready(uint64 subjectChainId, uint8 kind, uint64 epoch, bytes32 root);
    error BitmapInvalid(uint32 bitmap, uint256 guards);
    error QuorumLength(uint256 bytesGiven, uint256 bytesExpected);
    error SignatureForeign(address recovered, address guard);
    error QuorumShort(uint256 signedWei, uint256 totalWei);

    /// @notice Posts a root. The first with a quorum wins its (subject chain, kind, epoch). From the epoch's end (inclusive) until the next
    /// one's cut-off (exclusive): what isn't posted by then stays empty, and the next root covers it.
    /// @param packedQuorum bitmap u32 (bit i is the set's i-th guard by address) ‖ 64 bytes for each bit set, lowest first. Together more than
    /// two thirds of the set's stake; a frozen guard's signature counts nothing, and its stake stays in the total.
    function post(SignedRoots.Attestation calldata attestation, bytes calldata packedQuorum) external;

    /// @notice Freezes a guard that signed two roots for one (subject chain, kind, epoch), or for one epoch of one messenger's outbox. Anyone.
    /// @param proof 237 bytes, or 256 of an outbox: see `Equivocations`.
    function freeze(bytes calldata proof) external;

    /// @notice The root that was posted.
    /// @return root Zero while there is none.
    function rootOf(uint64 subjectChainId, uint8 kind, uint64 epoch) external view returns (bytes32 root);

    /// @notice What a guard signs.
    function digestOf(SignedRoots.Attestation calldata attestation) external view returns (bytes32);

    function guardSets() external view returns (IGuardSets);
}
