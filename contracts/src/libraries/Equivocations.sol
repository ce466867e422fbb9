// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { SignedRoots } from "./SignedRoots.sol";

/// @title Equivocations
/// @notice Two roots that one guard signed where there may be one, in 237 bytes: chainId u64 ‖ guards 20 ‖ subjectChainId u64 ‖ kind u8 ‖
/// epoch u64 ‖ lower root ‖ higher root ‖ their signatures, 64 bytes each (EIP-2098).
library Equivocations {
    struct Proof {
        /// Chain and contract of the domain that both were signed under.
        uint64 chainId;
        address guards;
        uint64 subjectChainId;
        uint8 kind;
        uint64 epoch;
        bytes32 lowRoot;
        bytes32 highRoot;
    }

    uint256 internal constant PROOF_BYTES = 237;

    error ProofLength(uint256 bytesGiven, uint256 bytesExpected);
    error KindUnknown(uint8 kind);
    error RootsUnordered(bytes32 lowRoot, bytes32 highRoot);
    error SignersDiffer(address low, address high);
    /// The proof is about another network's guards.
    error DomainForeign(uint64 chainId, address guards);

    /// @notice Reads a proof about guards of one domain, and who signed both. Reverts for one that shows nothing.
    function open(bytes calldata bytes_, uint256 chainId, address guards)
        internal
        pure
        returns (Proof memory proof, address signer)
    {
        proof = _read(bytes_);
        require(proof.chainId == chainId && proof.guards == guards, DomainForeign(proof.chainId, proof.guards));
        require(SignedRoots.isKind(proof.kind), KindUnknown(proof.kind));
        require(proof.lowRoot < proof.highRoot, RootsUnordered(proof.lowRoot, proof.highRoot));
        signer = _signer(proof, proof.lowRoot, bytes_[109:173]);
        address other = _signer(proof, proof.highRoot, bytes_[173:237]);
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

    function _signer(Proof memory proof, bytes32 root, bytes calldata signature) private pure returns (address) {
        SignedRoots.Attestation memory signed =
            SignedRoots.Attestation(proof.subjectChainId, proof.kind, proof.epoch, root);
        bytes32 digest = SignedRoots.digestFor(proof.chainId, proof.guards, signed);
        return ECDSA.recover(digest, bytes32(signature[0:32]), bytes32(signature[32:64]));
    }
}
