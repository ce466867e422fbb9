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
        SignedRoots.Attestation memory one = attestation;
        _checkTime(one.epoch);
        require(SignedRoots.isKind(one.kind), Equivocations.KindUnknown(one.kind));
        require(one.root != 0, RootZero());
        bytes32 key = _keyOf(one.subjectChainId, one.kind, one.epoch);
        bytes32 posted = _roots[key];
        require(posted == 0, PostedAlready(one.subjectChainId, one.kind, one.epoch, posted));
        _checkQuorum(one.epoch, _digestOf(one), packedQuorum);

        _roots[key] = one.root;
        emit AttestationPosted(one.subjectChainId, one.kind, one.epoch, one.root);
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
    function digestOf(SignedRoots.Attestation calldata attestation) external view returns (bytes32) {
        return _digestOf(attestation);
    }

    /* INTERNAL */

    function _digestOf(SignedRoots.Attestation memory attestation) internal view returns (bytes32) {
        return _hashTypedDataV4(SignedRoots.hashAttestation(attestation));
    }

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
        uint256 bitmap = _bitmapOf(packed, members.countOf());
        (uint256 signedWei, uint256 totalWei) = _weigh(members, bitmap, frozen, digest, packed);
        require(3 * signedWei > 2 * totalWei, QuorumShort(signedWei, totalWei));
    }

    /// Checks that each signature is that of the guard whose bit it has. A bit for each member, the first lowest.
    function _weigh(bytes memory members, uint256 bitmap, uint256 frozen, bytes32 digest, bytes calldata packed)
        internal
        pure
        returns (uint256 signedWei, uint256 totalWei)
    {
        uint256 at = BITMAP_BYTES;
        uint256 end = members.length;
        // At most 32 stakes of 96 bits, and as many signatures: no sum overflows.
        unchecked {
            for (uint256 from = 0; from < end; from += GuardMembers.MEMBER_BYTES) {
                uint256 member = members.wordAt(from);
                totalWei += uint96(member);
                if (bitmap & 1 != 0) {
                    address signer = _recover(digest, packed, at);
                    require(
                        signer == address(uint160(member >> 96)),
                        SignatureForeign(signer, address(uint160(member >> 96)))
                    );
                    if (frozen & 1 == 0) signedWei += uint96(member);
                    at += SIGNATURE_BYTES;
                }
                bitmap >>= 1;
                frozen >>= 1;
            }
        }
    }

    /// Who signed, by the 64 bytes from a place of the packed quorum on.
    function _recover(bytes32 digest, bytes calldata packed, uint256 at) internal pure returns (address) {
        bytes32 r;
        bytes32 vs;
        // Reads within `packed`: `_bitmapOf` checked that it has a signature for each bit, and bits are read in their order.
        assembly ("memory-safe") {
            r := calldataload(add(packed.offset, at))
            vs := calldataload(add(add(packed.offset, at), 32))
        }
        return ECDSA.recover(digest, r, vs);
    }

    /// Who signed: at least one, none beyond the set, and one signature for each.
    function _bitmapOf(bytes calldata packed, uint256 count) internal pure returns (uint256 bitmap) {
        require(packed.length > BITMAP_BYTES, QuorumLength(packed.length, BITMAP_BYTES + SIGNATURE_BYTES));
        bitmap = uint32(bytes4(packed[:BITMAP_BYTES]));
        require(bitmap != 0 && bitmap >> count == 0, BitmapInvalid(uint32(bitmap), count));
        uint256 expected = BITMAP_BYTES;
        // `left` isn't zero, and of 32 bits.
        unchecked {
            for (uint256 left = bitmap; left != 0; left &= left - 1) {
                expected += SIGNATURE_BYTES;
            }
        }
        require(packed.length == expected, QuorumLength(packed.length, expected));
    }
}
