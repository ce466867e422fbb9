// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { IAttestations } from "../../src/interfaces/IAttestations.sol";
import { Equivocations } from "../../src/libraries/Equivocations.sol";
import { SignedRoots } from "../../src/libraries/SignedRoots.sol";
import { GuardNetwork } from "../../test/support/GuardNetwork.sol";

contract PostTest is GuardNetwork {
    uint32 internal constant FIVE = 0x5B;

    function setUp() public override {
        super.setUp();
        joinAll(7, STAKE_MIN);
        fix(6);
        warpToEpoch(7);
    }

    function some() internal pure returns (SignedRoots.Attestation memory) {
        return someAttestation(6, keccak256("root"));
    }

    function test_TakesARootThatMoreThanTwoThirdsSigned() public {
        bytes memory packed = quorumOf(some(), FIVE);
        expectEvent(address(attestations));
        emit IAttestations.AttestationPosted(SUBJECT, 1, 6, keccak256("root"));
        vm.prank(stranger);
        attestations.post(some(), packed);
        assertEq(attestations.rootOf(SUBJECT, 1, 6), keccak256("root"), "posted");
        assertEq(attestations.rootOf(SUBJECT, 2, 6), 0, "of its kind");
        assertEq(attestations.rootOf(1, 1, 6), 0, "of its chain");
        assertEq(attestations.rootOf(SUBJECT, 1, 7), 0, "of its epoch");
    }

    function test_RevertWhen_TwoThirdsOrFewerSigned() public {
        bytes memory packed = quorumOf(some(), 0x0F);
        vm.expectRevert(abi.encodeWithSelector(IAttestations.QuorumShort.selector, 4 * STAKE_MIN, 7 * STAKE_MIN));
        attestations.post(some(), packed);
        setStake(1, 2 * STAKE_MIN);
        setStake(2, 3 * STAKE_MIN);
        fix(7);
        warpToEpoch(8);
        // Nine and a half in all would be a whole: of ten, six and two thirds is the bound.
        SignedRoots.Attestation memory next = someAttestation(7, keccak256("root"));
        uint256 signedWei = 0;
        uint32 bitmap = 0;
        for (uint256 place = 0; place < 7 && signedWei < 6 * STAKE_MIN; ++place) {
            uint256 stakeWei = sets.setAt(7)[place].stakeWei;
            if (signedWei + stakeWei > 6 * STAKE_MIN) continue;
            signedWei += stakeWei;
            bitmap |= uint32(1 << place);
        }
        packed = quorumOf(next, bitmap);
        vm.expectRevert(abi.encodeWithSelector(IAttestations.QuorumShort.selector, signedWei, 10 * STAKE_MIN));
        attestations.post(next, packed);
    }

    function test_RevertWhen_ExactlyTwoThirdsSigned() public {
        leave(1);
        fix(8);
        warpToEpoch(9);
        assertEq(sets.setAt(8).length, 6, "six");
        SignedRoots.Attestation memory next = someAttestation(8, keccak256("root"));
        bytes memory packed = quorumOf(next, 0x0F);
        vm.expectRevert(abi.encodeWithSelector(IAttestations.QuorumShort.selector, 4 * STAKE_MIN, 6 * STAKE_MIN));
        attestations.post(next, packed);
        attestations.post(next, quorumOf(next, 0x1F));
    }

    function test_TheFirstWins() public {
        attestations.post(some(), quorumOf(some(), FIVE));
        SignedRoots.Attestation memory other = someAttestation(6, keccak256("other"));
        bytes memory packed = quorumOf(other, 0x7F);
        vm.expectRevert(abi.encodeWithSelector(IAttestations.PostedAlready.selector, SUBJECT, 1, 6, keccak256("root")));
        attestations.post(other, packed);
    }

    function test_TakesItFromTheEndUntilTheNextCutOff() public {
        bytes memory packed = quorumOf(some(), FIVE);
        uint256 from = T0 + 7 * EPOCH_SECONDS;
        uint256 until = from + 540;
        bytes memory refusal = abi.encodeWithSelector(IAttestations.PostOutOfTime.selector, 6, from, until);
        vm.warp(from - 1);
        vm.expectRevert(refusal);
        attestations.post(some(), packed);
        vm.warp(until);
        vm.expectRevert(refusal);
        attestations.post(some(), packed);
        vm.warp(until - 1);
        attestations.post(some(), packed);
    }

    function test_RevertWhen_TheAttestationIsNone() public {
        SignedRoots.Attestation memory odd = some();
        odd.kind = 0;
        vm.expectRevert(abi.encodeWithSelector(Equivocations.KindUnknown.selector, 0));
        attestations.post(odd, "");
        odd.kind = 8;
        vm.expectRevert(abi.encodeWithSelector(Equivocations.KindUnknown.selector, 8));
        attestations.post(odd, "");
        odd = someAttestation(6, 0);
        vm.expectRevert(abi.encodeWithSelector(IAttestations.RootZero.selector));
        attestations.post(odd, "");
    }

    function test_RevertWhen_ThePackingIsAnother() public {
        bytes memory packed = quorumOf(some(), FIVE);
        vm.expectRevert(abi.encodeWithSelector(IAttestations.QuorumLength.selector, 0, 68));
        attestations.post(some(), "");
        vm.expectRevert(abi.encodeWithSelector(IAttestations.QuorumLength.selector, 325, 324));
        attestations.post(some(), bytes.concat(packed, hex"00"));
        packed[3] = 0x5F;
        vm.expectRevert(abi.encodeWithSelector(IAttestations.QuorumLength.selector, 324, 388));
        attestations.post(some(), packed);
        packed[3] = 0xDB;
        vm.expectRevert(abi.encodeWithSelector(IAttestations.BitmapInvalid.selector, 0xDB, 7));
        attestations.post(some(), packed);
        packed[3] = 0;
        vm.expectRevert(abi.encodeWithSelector(IAttestations.BitmapInvalid.selector, 0, 7));
        attestations.post(some(), packed);
    }

    function test_RevertWhen_ASignatureIsSomebodyElses() public {
        bytes memory packed = quorumOf(some(), FIVE);
        packed[3] = 0x5D;
        address signer = sets.setAt(6)[1].guard;
        vm.expectRevert(abi.encodeWithSelector(IAttestations.SignatureForeign.selector, signer, sets.setAt(6)[2].guard));
        attestations.post(some(), packed);
    }

    function test_RevertWhen_NobodyGuardsTheEpoch() public {
        warpToEpoch(6);
        SignedRoots.Attestation memory early = someAttestation(5, keccak256("root"));
        bytes memory packed =
            bytes.concat(abi.encodePacked(uint32(1)), signCompact(keyOf(1), attestations.digestOf(early)));
        vm.expectRevert(abi.encodeWithSelector(IAttestations.BitmapInvalid.selector, 1, 0));
        attestations.post(early, packed);
    }

    function test_AFrozenGuardsSignatureCountsNothing() public {
        uint256 number = numberAt(6, 0);
        bytes memory packed = quorumOf(some(), FIVE);
        bytes memory withSix = quorumOf(some(), 0x7B);
        attestations.freeze(proofBy(keyOf(number), 6));
        vm.expectRevert(abi.encodeWithSelector(IAttestations.QuorumShort.selector, 4 * STAKE_MIN, 7 * STAKE_MIN));
        attestations.post(some(), packed);
        attestations.post(some(), withSix);
    }

    function test_AStandingSetPostsForAnEpochThatNobodyFixed() public {
        warpToEpoch(8);
        SignedRoots.Attestation memory next = someAttestation(7, keccak256("root"));
        attestations.post(next, quorumOf(next, FIVE));
    }

    /// Whatever subset signs, it is taken exactly when it holds more than two thirds.
    function testFuzz_ExactlyMoreThanTwoThirds(uint256 seed, uint32 bitmap) public {
        for (uint256 number = 1; number <= 7; ++number) {
            setStake(number, bound(uint256(keccak256(abi.encode(seed, number))), STAKE_MIN, type(uint96).max));
        }
        fix(7);
        warpToEpoch(8);
        bitmap = uint32(bound(bitmap, 1, 0x7F));
        uint256 signedWei = 0;
        uint256 totalWei = 0;
        for (uint256 place = 0; place < 7; ++place) {
            uint256 stakeWei = sets.setAt(7)[place].stakeWei;
            totalWei += stakeWei;
            if (bitmap >> place & 1 == 1) signedWei += stakeWei;
        }
        SignedRoots.Attestation memory next = someAttestation(7, keccak256("root"));
        bytes memory packed = quorumOf(next, bitmap);
        if (3 * signedWei <= 2 * totalWei) {
            vm.expectRevert(abi.encodeWithSelector(IAttestations.QuorumShort.selector, signedWei, totalWei));
        }
        attestations.post(next, packed);
    }
}
