// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { IAttestations } from "../interfaces/IAttestations.sol";
import { IGuardSets } from "../interfaces/IGuardSets.sol";
import { GuardMembers } from "./GuardMembers.sol";
import { StoredBytes } from "./StoredBytes.sol";

/// @title Quorums
/// @notice Whether more than two thirds of an epoch's guards signed a digest: packed, weighed and refused as `Attestations` does.
library Quorums {
    using GuardMembers for bytes;

    uint256 internal constant BITMAP_BYTES = 4;
    uint256 internal constant SIGNATURE_BYTES = 64;

    /// @param packed bitmap u32 (bit i is the set's i-th guard by address) ‖ 64 bytes for each bit set, lowest first.
    function requireQuorum(IGuardSets guardSets, uint64 epoch, bytes32 digest, bytes calldata packed) internal view {
        (address stored, uint32 frozen) = guardSets.storedSetAt(epoch);
        bytes memory members = StoredBytes.read(stored);
        uint256 bitmap = _bitmapOf(packed, members.countOf());
        _requireSigners(members, bitmap, digest, packed);
        uint256 signedWei = _stakeOf(members, bitmap & ~uint256(frozen));
        uint256 totalWei = _stakeOf(members, type(uint256).max);
        require(3 * signedWei > 2 * totalWei, IAttestations.QuorumShort(signedWei, totalWei));
    }

    /// Each signature is that of the guard whose bit it has.
    function _requireSigners(bytes memory members, uint256 bitmap, bytes32 digest, bytes calldata packed) private pure {
        uint256 at = BITMAP_BYTES;
        for (uint256 place = 0; bitmap >> place != 0; ++place) {
            if (bitmap >> place & 1 == 0) continue;
            (address guard,) = members.memberAt(place);
            address signer = _recover(digest, packed[at:at + SIGNATURE_BYTES]);
            require(signer == guard, IAttestations.SignatureForeign(signer, guard));
            at += SIGNATURE_BYTES;
        }
    }

    function _recover(bytes32 digest, bytes calldata signature) private pure returns (address) {
        return ECDSA.recover(digest, bytes32(signature[:32]), bytes32(signature[32:]));
    }

    /// What the members of a bitmap have at stake.
    function _stakeOf(bytes memory members, uint256 bitmap) private pure returns (uint256 sumWei) {
        uint256 count = members.countOf();
        for (uint256 place = 0; place < count; ++place) {
            (, uint256 stakeWei) = members.memberAt(place);
            if (bitmap >> place & 1 == 1) sumWei += stakeWei;
        }
    }

    /// Who signed: at least one, none beyond the set, and one signature for each.
    function _bitmapOf(bytes calldata packed, uint256 count) private pure returns (uint256 bitmap) {
        require(packed.length > BITMAP_BYTES, IAttestations.QuorumLength(packed.length, BITMAP_BYTES + SIGNATURE_BYTES));
        bitmap = uint32(bytes4(packed[:BITMAP_BYTES]));
        require(bitmap != 0 && bitmap >> count == 0, IAttestations.BitmapInvalid(uint32(bitmap), count));
        uint256 expected = BITMAP_BYTES;
        for (uint256 left = bitmap; left != 0; left &= left - 1) {
            expected += SIGNATURE_BYTES;
        }
        require(packed.length == expected, IAttestations.QuorumLength(packed.length, expected));
    }
}
