// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { IAttestations } from "../../interfaces/IAttestations.sol";
import { IGuardSets } from "../../interfaces/IGuardSets.sol";
import { Epochs } from "../../libraries/Epochs.sol";
import { Equivocations } from "../../libraries/Equivocations.sol";
import { GuardMembers } from "../../libraries/GuardMembers.sol";
import { SignedRoots } from "../../libraries/SignedRoots.sol";
import { StoredBytes } from "../../libraries/StoredBytes.sol";

/// @title Attestations
contract Attestations is IAttestations, EIP712 {
    using GuardMembers for bytes;

    uint256 internal constant BITMAP_BYTES = 4;
    uint256 internal constant SIGNATURE_BYTES = 64;

    IGuardSets public immutable guardSets;
    uint64 internal immutable _t0;
    uint64 internal immutable _epochSeconds;

    mapping(bytes32 key => bytes32 root) internal _roots;

    constructor(IGuardSets guardSets_) EIP712("Cortensor", "1") {
        guardSets = guardSets_;
        _t0 = guardSets_.t0();
        _epochSeconds = guardSets_.epochSeconds();
    }

    /// @inheritdoc IAttestations
    function post(SignedRoots.Attestation calldata attestation, bytes calldata packedQuorum) external {
        _checkTime(attestation.epoch);
        require(SignedRoots.isKind(attestation.kind), Equivocations.KindUnknown(attestation.kind));
        require(attestation.root != 0, RootZero());
        bytes32 key = _keyOf(attestation.subjectChainId, attestation.kind, attestation.epoch);
        bytes32 posted = _roots[key];
        require(
            posted == 0, PostedAlready(attestation.subjectChainId, attestation.kind, attestation.epoch, posted)
        );
        _checkQuorum(attestation.epoch, digestOf(attestation), packedQuorum);

        _roots[key] = attestation.root;
        emit AttestationPosted(
            attestation.subjectChainId, attestation.kind, attestation.epoch, attestation.root
        );
    }

    /// @inheritdoc IAttestations
    function freeze(bytes calldata proof) external {
        (Equivocations.Proof memory shown, address guard) = Equivocations.open(proof, block.chainid, address(this));
        emit EquivocationShown(guard, msg.sender, shown.subjectChainId, shown.kind, shown.epoch);
        guardSets.freeze(guard);
    }

    /// @inheritdoc IAttestations
    function rootOf(uint64 subjectChainId, uint8 kind, uint64 epoch) external view returns (bytes32 root) {
        return _roots[_keyOf(subjectChainId, kind, epoch)];
    }

    /// @inheritdoc IAttestations
    function digestOf(SignedRoots.Attestation calldata attestation) public view returns (bytes32) {
        return _hashTypedDataV4(SignedRoots.hashAttestation(attestation));
    }

    /* INTERNAL */

    function _keyOf(uint64 subjectChainId, uint8 kind, uint64 epoch) internal pure returns (bytes32) {
        return keccak256(abi.encode(subjectChainId, kind, epoch));
    }

    function _checkTime(uint64 epoch) internal view {
        Epochs.Times memory times = Epochs.Times(_t0, _epochSeconds);
        if (Epochs.isPostingTime(times, epoch, block.timestamp)) return;
        uint256 end = Epochs.endOf(times, epoch);
        revert PostOutOfTime(epoch, end, end + _epochSeconds - _epochSeconds / Epochs.CUT_OFF_PARTS);
    }

    function _checkQuorum(uint64 epoch, bytes32 digest, bytes calldata packed) internal view {
        (address stored, uint32 frozen) = guardSets.storedSetAt(epoch);
        bytes memory members = StoredBytes.read(stored);
        uint32 bitmap = _bitmapOf(packed, members.countOf());
        _requireSignatures(members, bitmap, digest, packed);
        (uint256 signedWei, uint256 totalWei) = members.weigh(bitmap & ~frozen);
        require(3 * signedWei > 2 * totalWei, QuorumShort(signedWei, totalWei));
    }

    /// Each is that of the guard whose bit it has.
    function _requireSignatures(bytes memory members, uint32 bitmap, bytes32 digest, bytes calldata packed)
        internal
        pure
    {
        uint256 at = BITMAP_BYTES;
        for (uint256 place = 0; bitmap >> place != 0; ++place) {
            if (bitmap >> place & 1 == 0) continue;
            (address guard,) = members.memberAt(place);
            bytes32 r;
            bytes32 vs;
            // Reads 64 bytes of `packed`, whose length is that of a signature for each bit.
            assembly ("memory-safe") {
                r := calldataload(add(packed.offset, at))
                vs := calldataload(add(add(packed.offset, at), 32))
            }
            address signer = ECDSA.recover(digest, r, vs);
            require(signer == guard, SignatureForeign(signer, guard));
            at += SIGNATURE_BYTES;
        }
    }

    /// Who signed: at least one, none beyond the set, and one signature for each.
    function _bitmapOf(bytes calldata packed, uint256 count) internal pure returns (uint32 bitmap) {
        require(packed.length > BITMAP_BYTES, QuorumLength(packed.length, BITMAP_BYTES + SIGNATURE_BYTES));
        bitmap = uint32(bytes4(packed[:BITMAP_BYTES]));
        require(bitmap != 0 && bitmap >> count == 0, BitmapInvalid(bitmap, count));
        uint256 expected = BITMAP_BYTES;
        for (uint32 left = bitmap; left != 0; left &= left - 1) {
            expected += SIGNATURE_BYTES;
        }
        require(packed.length == expected, QuorumLength(packed.length, expected));
    }
}
