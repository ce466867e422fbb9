// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { SignedRoots } from "./SignedRoots.sol";

/// @title Equivocations
/// @notice Two roots that one guard signed where there may be one. Of an attestation, in 237 bytes: chainId u64 ‖ guards 20 ‖ subjectChainId u64 ‖
/// kind u8 ‖ epoch u64 ‖ lower root ‖ higher root ‖ their signatures, 64 bytes each (EIP-2098). Of a messenger's outbox, in 256: chainId u64 ‖
/// messenger 20 ‖ srcChainId u64 ‖ srcMessenger 20 ‖ epoch u64 ‖ the same.
/// @dev An outbox is signed under its messenger's domain, on any chain. Which messengers there are nobody here knows, and nobody has to: a guard signs
/// at most one root for an epoch of any, so that two of them condemn it whatever the domain names.
library Equivocations {
    struct Proof {
        /// Chain and contract of the domain that both were signed under: attestations, or the messenger that takes an outbox.
        uint64 chainId;
        address guards;
        /// Of an outbox, the chain that it was sent on.
        uint64 subjectChainId;
        uint8 kind;
        uint64 epoch;
        bytes32 lowRoot;
        bytes32 highRoot;
    }

    uint256 internal constant PROOF_BYTES = 237;
    uint256 internal constant OUTBOX_PROOF_BYTES = 256;
    uint256 internal constant SIGNATURE_BYTES = 64;

    error ProofLength(uint256 bytesGiven, uint256 bytesExpected);
    error KindUnknown(uint8 kind);
    error RootsUnordered(bytes32 lowRoot, bytes32 highRoot);
    error SignersDiffer(address low, address high);
    /// The proof is about another network's guards.
    error DomainForeign(uint64 chainId, address guards);

    /// @notice Reads a proof, and who signed both. One of attestations has to be about guards of this domain. Reverts for one that shows nothing.
    function open(bytes calldata bytes_, uint256 chainId, address guards)
        internal
        pure
        returns (Proof memory proof, address signer)
    {
        bool isOutbox = bytes_.length == OUTBOX_PROOF_BYTES;
        proof = isOutbox ? _readOutbox(bytes_) : _read(bytes_);
        if (!isOutbox) {
            require(proof.chainId == chainId && proof.guards == guards, DomainForeign(proof.chainId, proof.guards));
            require(SignedRoots.isKind(proof.kind), KindUnknown(proof.kind));
        }
        require(proof.lowRoot < proof.highRoot, RootsUnordered(proof.lowRoot, proof.highRoot));
        uint256 at = bytes_.length - 2 * SIGNATURE_BYTES;
        signer = _signer(bytes_, proof, proof.lowRoot, at);
        address other = _signer(bytes_, proof, proof.highRoot, at + SIGNATURE_BYTES);
        require(signer == other, SignersDiffer(signer, other));
    }

    /// @notice What the offence is about: other pairs of roots for the same are the same offence.
    function offenceId(Proof memory proof, address signer) internal pure returns (bytes32) {
        return keccak256(abi.encode(proof.chainId, proof.guards, proof.subjectChainId, proof.kind, proof.epoch, signer));
    }

    function _read(bytes calldata bytes_) private pure returns (Proof memory) {
        require(bytes_.length == PROOF_BYTES, ProofLength(bytes_.length, PROOF_BYTES));
        return Proof({
            chainId: uint64(bytes8(bytes_[0:8])),
            guards: address(bytes20(bytes_[8:28])),
            subjectChainId: uint64(bytes8(bytes_[28:36])),
            kind: uint8(bytes_[36]),
            epoch: uint64(bytes8(bytes_[37:45])),
            lowRoot: bytes32(bytes_[45:77]),
            highRoot: bytes32(bytes_[77:109])
        });
    }

    function _readOutbox(bytes calldata bytes_) private pure returns (Proof memory) {
        return Proof({
            chainId: uint64(bytes8(bytes_[0:8])),
            guards: address(bytes20(bytes_[8:28])),
            subjectChainId: uint64(bytes8(bytes_[28:36])),
            kind: SignedRoots.KIND_OUTBOX,
            epoch: uint64(bytes8(bytes_[56:64])),
            lowRoot: bytes32(bytes_[64:96]),
            highRoot: bytes32(bytes_[96:128])
        });
    }

    function _signer(bytes calldata bytes_, Proof memory proof, bytes32 root, uint256 at)
        private
        pure
        returns (address)
    {
        bytes32 structHash = proof.kind == SignedRoots.KIND_OUTBOX
            ? SignedRoots.hashOutbox(proof.subjectChainId, address(bytes20(bytes_[36:56])), proof.epoch, root)
            : SignedRoots.hashAttestation(
                SignedRoots.Attestation(proof.subjectChainId, proof.kind, proof.epoch, root)
            );
        bytes32 digest = SignedRoots.typedDigest(proof.chainId, proof.guards, structHash);
        return ECDSA.recover(digest, bytes32(bytes_[at:at + 32]), bytes32(bytes_[at + 32:at + 64]));
    }
}
