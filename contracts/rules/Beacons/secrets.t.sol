// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IGuardBeacons } from "../../src/interfaces/IGuardBeacons.sol";
import { IGuardSets } from "../../src/interfaces/IGuardSets.sol";
import { BeaconNetwork } from "./BeaconNetwork.sol";

contract SecretsTest is BeaconNetwork {
    function test_TakesACommitmentOfAGuardOfTheSecondEpochBefore() public {
        bytes32 commitment = commitmentOf(8, 1);
        expectEvent(address(beacons));
        emit IGuardBeacons.BeaconCommitted(8, guardOf(1), commitment);
        commit(8, 1);
        (uint32 committed, uint32 revealed) = beacons.roundOf(8);
        assertEq(numberAt(6, log2(committed)), 1, "its place");
        assertEq(revealed, 0, "nothing shown");
        assertEq(beacons.firstEpoch(), 8, "the first");
    }

    function log2(uint256 bit) internal pure returns (uint256 place) {
        for (; bit > 1; bit >>= 1) {
            place += 1;
        }
    }

    function test_TheFirstCommitmentFixesTheSet() public {
        assertTrue(!sets.isFixed(6), "nobody has");
        commit(8, 1);
        assertTrue(sets.isFixed(6), "fixed");
        commit(8, 2);
        fix(7);
        commit(9, 1);
    }

    function test_TakesCommitmentsInTheirRecordsAlone() public {
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.CommitOutOfTime.selector, 7, 8));
        commit(7, 1);
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.CommitOutOfTime.selector, 9, 8));
        commit(9, 1);
        vm.warp(T0 + 7 * EPOCH_SECONDS - 61);
        commit(8, 1);
        vm.warp(T0 + 7 * EPOCH_SECONDS - 60);
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.CommitOutOfTime.selector, 8, 9));
        commit(8, 2);
    }

    function test_RevertWhen_TheCallerIsNoGuardOrCommitsTwice() public {
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.NotGuard.selector, guardOf(9), 6));
        commit(8, 9);
        commit(8, 1);
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.CommittedAlready.selector, 8, guardOf(1)));
        commit(8, 1);
    }

    function test_RevertWhen_TheGuardIsFrozen() public {
        sets.fixSet(6);
        attestations.freeze(proofBy(keyOf(1), 5));
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.GuardIsFrozen.selector, guardOf(1)));
        commit(8, 1);
    }

    function test_TakesTheSecretInTheRecordsOfTheEpochBefore() public {
        commit(8, 1);
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.RevealOutOfTime.selector, 8, 7));
        reveal(8, 1);
        vm.warp(T0 + 7 * EPOCH_SECONDS - 60);
        expectEvent(address(beacons));
        emit IGuardBeacons.BeaconRevealed(8, guardOf(1), secretOf(8, 1));
        reveal(8, 1);
        (uint32 committed, uint32 revealed) = beacons.roundOf(8);
        assertEq(committed, revealed, "shown");
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.RevealedAlready.selector, 8, guardOf(1)));
        reveal(8, 1);
        vm.warp(T0 + 8 * EPOCH_SECONDS - 60);
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.RevealOutOfTime.selector, 8, 9));
        reveal(8, 1);
    }

    function test_RevertWhen_TheSecretOpensNothing() public {
        commit(8, 1);
        warpToEpoch(7);
        bytes32 opened =
            keccak256(abi.encodePacked("beacon-commit-v1", block.chainid, uint64(8), guardOf(1), bytes32(uint256(1))));
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.SecretForeign.selector, opened, commitmentOf(8, 1)));
        vm.prank(guardOf(1));
        beacons.reveal(8, bytes32(uint256(1)));
    }

    function test_RevertWhen_ItCommittedToNothing() public {
        warpToEpoch(7);
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.NotCommitted.selector, 8, guardOf(1)));
        reveal(8, 1);
        warpToEpoch(7);
        commit(9, 1);
        warpToEpoch(8);
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.NotCommitted.selector, 9, guardOf(2)));
        reveal(9, 2);
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.NotGuard.selector, guardOf(9), 7));
        reveal(9, 9);
    }

    /// A copied commitment opens for nobody.
    function test_RevertWhen_TheCommitmentIsACopy() public {
        commit(8, 1);
        bytes32 copied = commitmentOf(8, 1);
        vm.prank(guardOf(2));
        beacons.commit(8, copied);
        warpToEpoch(7);
        reveal(8, 1);
        bytes32 opened =
            keccak256(abi.encodePacked("beacon-commit-v1", block.chainid, uint64(8), guardOf(2), secretOf(8, 1)));
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.SecretForeign.selector, opened, copied));
        vm.prank(guardOf(2));
        beacons.reveal(8, secretOf(8, 1));
    }

    function test_AGuardThatHasLeftMayStillShow() public {
        commit(8, 1);
        leave(1);
        fix(7);
        assertTrue(!isGuard(7, 1), "has left");
        reveal(8, 1);
    }

    function test_ReadsItsTimesFromTheSets() public view {
        assertEq(beacons.t0(), T0, "t0");
        assertEq(beacons.epochSeconds(), EPOCH_SECONDS, "epochSeconds");
        assertEq(address(beacons.guardSets()), address(IGuardSets(sets)), "sets");
    }
}
