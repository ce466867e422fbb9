// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IAttestations } from "../../src/interfaces/IAttestations.sol";
import { IGuardSets } from "../../src/interfaces/IGuardSets.sol";
import { Attestations } from "../../src/l2/guards/Attestations.sol";
import { Equivocations } from "../../src/libraries/Equivocations.sol";
import { GuardNetwork } from "../../test/support/GuardNetwork.sol";

contract FreezeTest is GuardNetwork {
    function setUp() public override {
        super.setUp();
        joinAll(4, STAKE_MIN);
        fix(6);
        warpToEpoch(7);
    }

    function test_FreezesWhoSignedTwoRoots() public {
        bytes memory proof = proofBy(keyOf(2), 6);
        expectEvent(address(attestations));
        emit IAttestations.EquivocationShown(guardOf(2), stranger, SUBJECT, 1, 6);
        vm.prank(stranger);
        attestations.freeze(proof);
        assertTrue(sets.isFrozen(guardOf(2)), "frozen");
    }

    function test_RevertWhen_TheProofIsShownAgain() public {
        bytes memory proof = proofBy(keyOf(2), 6);
        attestations.freeze(proof);
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.GuardIsFrozen.selector, guardOf(2)));
        attestations.freeze(proof);
    }

    function test_RevertWhen_ItIsAboutAnotherContractOrChain() public {
        bytes memory proof = proofBy(keyOf(2), 6);
        Attestations others = new Attestations(sets);
        vm.expectRevert(
            abi.encodeWithSelector(Equivocations.DomainForeign.selector, block.chainid, address(attestations))
        );
        others.freeze(proof);
        proof[7] = bytes1(uint8(proof[7]) ^ 1);
        vm.expectRevert(
            abi.encodeWithSelector(Equivocations.DomainForeign.selector, block.chainid ^ 1, address(attestations))
        );
        attestations.freeze(proof);
    }

    function test_RevertWhen_TheSignerIsNoNode() public {
        bytes memory proof = proofBy(keyOf(99), 6);
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.NotGuardNode.selector, guardOf(99)));
        attestations.freeze(proof);
    }

    function test_RevertWhen_TheProofShowsNothing() public {
        bytes memory proof = proofBy(keyOf(2), 6);
        vm.expectRevert(abi.encodeWithSelector(Equivocations.ProofLength.selector, 238, 237));
        attestations.freeze(bytes.concat(proof, hex"00"));
        bytes memory kindless = bytes.concat(proof);
        kindless[36] = 0;
        vm.expectRevert(abi.encodeWithSelector(Equivocations.KindUnknown.selector, 0));
        attestations.freeze(kindless);
        kindless[36] = 0x08;
        vm.expectRevert(abi.encodeWithSelector(Equivocations.KindUnknown.selector, 8));
        attestations.freeze(kindless);
        (bytes32 low, bytes32 high) = rootsOf(proof);
        bytes memory turned = bytes.concat(proof);
        place(turned, 45, high);
        place(turned, 77, low);
        vm.expectRevert(abi.encodeWithSelector(Equivocations.RootsUnordered.selector, high, low));
        attestations.freeze(turned);
        bytes memory single = bytes.concat(proof);
        place(single, 77, low);
        vm.expectRevert(abi.encodeWithSelector(Equivocations.RootsUnordered.selector, low, low));
        attestations.freeze(single);
    }

    function test_RevertWhen_TwoSigned() public {
        bytes memory proof = proofBy(keyOf(2), 6);
        bytes memory other = proofBy(keyOf(3), 6);
        for (uint256 i = 173; i < 237; ++i) {
            proof[i] = other[i];
        }
        vm.expectRevert(abi.encodeWithSelector(Equivocations.SignersDiffer.selector, guardOf(2), guardOf(3)));
        attestations.freeze(proof);
    }

    /// Whatever chain takes the outbox: the proof needs nothing of it.
    function test_FreezesWhoSignedTwoOutboxes() public {
        bytes memory proof = outboxProofBy(keyOf(2), address(0xB2), address(0xA1));
        assertEq(proof.length, 256, "bytes");
        expectEvent(address(attestations));
        emit IAttestations.EquivocationShown(guardOf(2), stranger, 31_337, 8, 6);
        vm.prank(stranger);
        attestations.freeze(proof);
        assertTrue(sets.isFrozen(guardOf(2)), "frozen");
    }

    /// Two outboxes of two ways, or one root twice, are no offence.
    function test_RevertWhen_AnOutboxProofShowsNothing() public {
        bytes memory proof = outboxProofBy(keyOf(2), address(0xB2), address(0xA1));
        bytes memory other = outboxProofBy(keyOf(2), address(0xB3), address(0xA1));
        bytes memory mixed = bytes.concat(proof);
        for (uint256 i = 192; i < 256; ++i) {
            mixed[i] = other[i];
        }
        (bool ok,) = address(attestations).call(abi.encodeCall(attestations.freeze, (mixed)));
        assertTrue(!ok, "two ways");
        for (uint256 i = 0; i < 32; ++i) {
            proof[64 + i] = proof[96 + i];
        }
        (ok,) = address(attestations).call(abi.encodeCall(attestations.freeze, (proof)));
        assertTrue(!ok && !sets.isFrozen(guardOf(2)), "one root");
        vm.expectRevert(abi.encodeWithSelector(Equivocations.ProofLength.selector, 255, 237));
        attestations.freeze(new bytes(255));
    }

    function testFuzz_RevertWhen_AnyByteOfAnOutboxProofIsAnother(uint256 at, uint8 by) public {
        bytes memory proof = outboxProofBy(keyOf(2), address(0xB2), address(0xA1));
        at = bound(at, 0, 255);
        proof[at] = bytes1(uint8(proof[at]) ^ uint8(bound(by, 1, 255)));
        (bool ok,) = address(attestations).call(abi.encodeCall(attestations.freeze, (proof)));
        assertTrue(!ok && !sets.isFrozen(guardOf(2)), "refused");
    }

    function rootsOf(bytes memory proof) internal pure returns (bytes32 low, bytes32 high) {
        for (uint256 i = 0; i < 32; ++i) {
            low |= bytes32(proof[45 + i]) >> (8 * i);
            high |= bytes32(proof[77 + i]) >> (8 * i);
        }
    }

    function place(bytes memory proof, uint256 from, bytes32 root) internal pure {
        for (uint256 i = 0; i < 32; ++i) {
            proof[from + i] = root[i];
        }
    }

    /// Nothing but the two signatures of one guard freezes anybody.
    function testFuzz_RevertWhen_AnyByteIsAnother(uint256 at, uint8 by) public {
        bytes memory proof = proofBy(keyOf(2), 6);
        at = bound(at, 0, 236);
        proof[at] = bytes1(uint8(proof[at]) ^ uint8(bound(by, 1, 255)));
        (bool ok,) = address(attestations).call(abi.encodeCall(attestations.freeze, (proof)));
        assertTrue(!ok && !sets.isFrozen(guardOf(2)), "refused");
    }
}
