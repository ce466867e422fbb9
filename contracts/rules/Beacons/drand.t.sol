// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IGuardBeacons } from "../../src/interfaces/IGuardBeacons.sol";
import { Beacons } from "../../src/l2/guards/Beacons.sol";
import { DrandRounds } from "../../src/libraries/DrandRounds.sol";
import { DrandVectors } from "./DrandVectors.sol";

contract DrandTest is DrandVectors {
    function test_TakesARoundThatQuicknetPublished() public {
        (uint256 from,) = windowOf(8);
        // As if its thousandth round had come out at this cut-off.
        beacons = new Beacons(sets, DrandRounds.Network(keyAt(0), uint64(from - 999 * 3), 3));
        commit(8, 1);
        warpToWindow(8);
        assertEq(beacons.roundDue(8), 1_000, "the round that is due");
        expectEvent(address(beacons));
        emit IGuardBeacons.RoundPosted(8, 1_000, 0xfe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd);
        beacons.postRound(8, signatureOf(OF_QUICKNET));
    }

    function test_MixesTheRoundIn() public {
        commit(8, 1);
        commit(8, 2);
        warpToEpoch(7);
        reveal(8, 2);
        warpToWindow(8);
        assertEq(beacons.beaconOf(8), 0, "the round may still come");
        assertEq(beacons.beaconOf(7), withoutGuards(7), "the one before is known");
        expectEvent(address(beacons));
        emit IGuardBeacons.RoundPosted(8, 1915, randomnessAt(DUE));
        vm.prank(stranger);
        beacons.postRound(8, signatureOf(DUE));
        bytes32 expected = beaconFrom(8, withoutGuards(7), 0x4, 1915, randomnessAt(DUE));
        assertEq(beacons.randomnessOf(8), randomnessAt(DUE), "kept");
        assertEq(beacons.beaconOf(8), expected, "known at once");
        warpToEpoch(8);
        assertEq(beacons.beaconOf(8), expected, "the same when it begins");
        expectEvent(address(beacons));
        emit IGuardBeacons.BeaconClosed(8, expected, 1, false);
        beacons.close(8);
        assertEq(beacons.beaconOf(8), expected, "the same, written down");
    }

    function test_ABeaconOfARoundAloneIsNoFallback() public {
        commit(8, 1);
        warpToWindow(8);
        beacons.postRound(8, signatureOf(DUE));
        bytes32 expected = beaconFrom(8, withoutGuards(7), 0, 1915, randomnessAt(DUE));
        expectEvent(address(beacons));
        emit IGuardBeacons.BeaconClosed(8, expected, 0, false);
        beacons.close(8);
    }

    function test_GoesOnWithoutARound() public {
        commit(8, 1);
        warpToEpoch(7);
        reveal(8, 1);
        (, uint256 until) = windowOf(8);
        vm.warp(until - 1);
        assertEq(beacons.beaconOf(8), 0, "the round may still come");
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.BeaconUnknown.selector, 8));
        beacons.close(8);
        commit(10, 1);
        assertEq(beacons.nextEpoch(), 8, "a commitment writes nothing down that isn't known");
        vm.warp(until);
        assertEq(beacons.beaconOf(8), beaconFrom(8, withoutGuards(7), 0x2), "without it");
        beacons.close(8);
        assertEq(beacons.nextEpoch(), 9, "known");
    }

    function test_EachEpochTakesItsOwn() public {
        commit(8, 1);
        commit(8, 2);
        warpToEpoch(7);
        commit(9, 1);
        warpToWindow(8);
        beacons.postRound(8, signatureOf(DUE));
        warpToWindow(9);
        assertEq(beacons.roundDue(9), 2115, "the next");
        expectForged(9, 2115);
        beacons.postRound(9, signatureOf(DUE));
        beacons.postRound(9, signatureOf(DUE_NEXT));
        bytes32 first = beaconFrom(8, withoutGuards(7), 0, 1915, randomnessAt(DUE));
        assertEq(beacons.beaconOf(9), beaconFrom(9, first, 0, 2115, randomnessAt(DUE_NEXT)), "both");
    }

    /* REFUSALS */

    function test_RevertWhen_ItIsNotTheTime() public {
        commit(8, 1);
        (uint256 from, uint256 until) = windowOf(8);
        DrandRounds.Signature memory signature = signatureOf(DUE);
        uint256[4] memory times = [from - 1, until, until + EPOCH_SECONDS, from - EPOCH_SECONDS];
        for (uint256 i = 0; i < times.length; ++i) {
            vm.warp(times[i]);
            vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.RoundOutOfTime.selector, 8, from, until));
            beacons.postRound(8, signature);
        }
        vm.warp(until - 1);
        beacons.postRound(8, signature);
    }

    function test_RevertWhen_OneIsThere() public {
        commit(8, 1);
        warpToWindow(8);
        DrandRounds.Signature memory signature = signatureOf(DUE);
        beacons.postRound(8, signature);
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.RoundTaken.selector, 8));
        beacons.postRound(8, signature);
    }

    function test_RevertWhen_NobodyHasCommitted() public {
        warpToWindow(8);
        DrandRounds.Signature memory signature = signatureOf(DUE);
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.BeaconUnknown.selector, 8));
        beacons.postRound(8, signature);
        assertEq(beacons.beaconOf(8), withoutGuards(8), "known all the same");
        commit(10, 1);
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.BeaconUnknown.selector, 8));
        beacons.postRound(8, signature);
        assertEq(beacons.beaconOf(8), withoutGuards(8), "before the first");
    }

    function test_RevertWhen_TheNetworkTakesNone() public {
        DrandRounds.Network memory none;
        beacons = new Beacons(sets, none);
        commit(8, 1);
        warpToWindow(8);
        DrandRounds.Signature memory signature = signatureOf(DUE);
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.DrandNone.selector));
        beacons.postRound(8, signature);
        assertEq(beacons.beaconOf(8), beaconFrom(8, withoutGuards(7), 0), "known from the cut-off on");
        assertEq(beacons.roundDue(8), 0, "no round");
        assertEq(beacons.drand().publicKey.length, 0, "no network");
    }

    function expectForged(uint64 epoch, uint64 round) internal {
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.RoundForged.selector, epoch, round));
    }

    function test_RevertWhen_ItIsAnotherRoundOrOfAnotherKey() public {
        commit(8, 1);
        warpToWindow(8);
        uint256[4] memory others = [BEFORE, DUE_NEXT, OF_ANOTHER_KEY, OF_QUICKNET];
        for (uint256 i = 0; i < others.length; ++i) {
            DrandRounds.Signature memory signature = signatureOf(others[i]);
            expectForged(8, 1915);
            beacons.postRound(8, signature);
        }
    }

    function test_RevertWhen_ThePointSignsNothing() public {
        commit(8, 1);
        warpToWindow(8);
        uint256 refused = 0;
        for (;; ++refused) {
            string memory path = string.concat(".forged[", vm.toString(refused), "]");
            if (!vm.keyExistsJson(drandVectors, path)) break;
            DrandRounds.Signature memory signature = signatureAt(path);
            expectForged(8, 1915);
            beacons.postRound(8, signature);
        }
        assertEq(refused, 9, "each way");
        beacons.postRound(8, signatureOf(DUE));
    }

    function testFuzz_RevertWhen_AnyBitIsAnother(uint256 bit) public {
        commit(8, 1);
        warpToWindow(8);
        bit = bound(bit, 0, 1_023);
        bytes memory point = abi.encode(signatureOf(DUE));
        point[bit / 8] = bytes1(uint8(point[bit / 8]) ^ uint8(1 << (bit % 8)));
        DrandRounds.Signature memory signature = abi.decode(point, (DrandRounds.Signature));
        expectForged(8, 1915);
        beacons.postRound(8, signature);
    }

    function test_RevertWhen_TheNetworkIsMalformed() public {
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.DrandMalformed.selector, 255, 3));
        this.deployWith(new bytes(255), 3);
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.DrandMalformed.selector, 256, 0));
        this.deployWith(new bytes(256), 0);
        this.deployWith(new bytes(256), 1);
    }

    function deployWith(bytes memory key, uint64 periodSeconds) external {
        new Beacons(sets, DrandRounds.Network(key, 0, periodSeconds));
    }

    function test_ShowsItsNetwork() public view {
        DrandRounds.Network memory shown = beacons.drand();
        assertEq(keccak256(shown.publicKey), keccak256(keyAt(1)), "key");
        assertEq(shown.genesis, GENESIS, "genesis");
        assertEq(shown.periodSeconds, PERIOD_SECONDS, "period");
    }

    /* PROPERTIES */

    /// Whoever commits, shows and posts, and whenever: once a beacon is known it is the rule's, and stays.
    function testFuzz_StaysOnceItIsKnown(uint256 seed) public {
        commit(8, 1);
        commit(8, 2);
        warpToEpoch(7);
        if (seed % 2 == 0) reveal(8, 1);
        uint32 shown = seed % 2 == 0 ? 0x2 : 0;
        (uint256 from, uint256 until) = windowOf(8);
        bool isPosted = seed % 3 != 0;
        uint256 at = bound(seed / 6, from, until - 1);
        vm.warp(at);
        assertEq(beacons.beaconOf(8), 0, "not before");
        if (isPosted) beacons.postRound(8, signatureOf(DUE));
        bytes32 expected = isPosted
            ? beaconFrom(8, withoutGuards(7), shown, 1915, randomnessAt(DUE))
            : beaconFrom(8, withoutGuards(7), shown);
        assertEq(beacons.beaconOf(8), isPosted ? expected : bytes32(0), "from the round on");
        vm.warp(until + bound(seed / 7, 0, 5 * EPOCH_SECONDS));
        assertEq(beacons.beaconOf(8), expected, "when it runs");
        if (seed % 5 == 0) beacons.close(8);
        assertEq(beacons.beaconOf(8), expected, "after");
    }
}

/// On a chain without EIP-2537.
/// forge-config: rules.evm_version = "cancun"
contract DrandUnsupportedTest is DrandVectors {
    function test_RevertWhen_TheChainHasNoSuchCurve() public {
        commit(8, 1);
        warpToEpoch(7);
        reveal(8, 1);
        warpToWindow(8);
        DrandRounds.Signature memory signature = signatureOf(DUE);
        vm.expectRevert(abi.encodeWithSelector(DrandRounds.CurveUnsupported.selector));
        beacons.postRound(8, signature);
        assertEq(beacons.beaconOf(8), 0, "a round could still come");
        warpToEpoch(8);
        assertEq(beacons.beaconOf(8), beaconFrom(8, withoutGuards(7), 0x2), "goes on without it");
    }
}

contract DrandRoundsTest is DrandVectors {
    function test_TheRoundDueIsTheFirstAtOrAfterATime() public view {
        uint256 checked = 0;
        for (;; ++checked) {
            string memory path = string.concat(".due[", vm.toString(checked), "]");
            if (!vm.keyExistsJson(drandVectors, path)) break;
            uint256 time = vm.parseJsonUint(drandVectors, string.concat(path, ".time"));
            uint64 genesis = uint64(vm.parseJsonUint(drandVectors, string.concat(path, ".genesis")));
            uint64 periodSeconds = uint64(vm.parseJsonUint(drandVectors, string.concat(path, ".periodSeconds")));
            uint256 round = vm.parseJsonUint(drandVectors, string.concat(path, ".round"));
            assertEq(DrandRounds.dueAt(time, genesis, periodSeconds), round, path);
        }
        assertEq(checked, 6, "all");
    }

    function test_OpensEveryRoundOfTheVectors() public view {
        for (uint256 place = 0; place < 5; ++place) {
            uint256 network = vm.parseJsonUint(drandVectors, string.concat(roundAt(place), ".network"));
            DrandRounds.Signature memory signature = signatureOf(place);
            assertTrue(DrandRounds.isSigned(keyAt(network), numberOf(place), signature), "signed");
            assertTrue(!DrandRounds.isSigned(keyAt(network), numberOf(place) + 1, signature), "no other round");
            assertTrue(!DrandRounds.isSigned(keyAt((network + 1) % 3), numberOf(place), signature), "no other key");
            assertEq(DrandRounds.randomnessOf(signature), randomnessAt(place), "randomness");
        }
    }

    /// A key at infinity signs nothing.
    function test_AKeyOfNobodySignsNothing() public view {
        DrandRounds.Signature memory none;
        assertTrue(!DrandRounds.isSigned(new bytes(256), 1, none), "infinity");
        assertTrue(!DrandRounds.isSigned(new bytes(256), 1915, signatureOf(DUE)), "a round");
        bytes memory malformed = new bytes(256);
        malformed[63] = 0x01;
        assertTrue(!DrandRounds.isSigned(malformed, 1915, signatureOf(DUE)), "no point");
    }
}
