// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IDuties } from "../../src/interfaces/IDuties.sol";
import { IGuardSets } from "../../src/interfaces/IGuardSets.sol";
import { INodeLevels } from "../../src/interfaces/INodeLevels.sol";
import { DutyNetwork } from "./DutyNetwork.sol";

contract DutySecretsTest is DutyNetwork {
    function test_TakesACommitmentOfAGuardWithItsStake() public {
        expectEvent(address(duties));
        emit IDuties.DutyCommitted(7, guardOf(1), ownerOf(1), STAKE_MIN, true, 0, commitmentOf(7, 1));
        commit(7, 1);
        assertEq(duties.roundOf(7, guardOf(1)).commitment, commitmentOf(7, 1), "kept");
        assertTrue(duties.hasCommitted(7, ownerOf(1)), "its owner's");
    }

    function test_TakesACommitmentOfAMinerThatMayValidateWithItsLevel() public {
        addMiner(11, LEVEL, 5e18);
        expectEvent(address(duties));
        emit IDuties.DutyCommitted(7, guardOf(11), ownerOf(11), 5e18, false, LEVEL, commitmentOf(7, 11));
        commit(7, 11);
    }

    function test_TakesCommitmentsWhileTheEpochBeforeRuns() public {
        vm.expectRevert(abi.encodeWithSelector(IDuties.CommitOutOfTime.selector, 6, 7));
        commit(6, 1);
        vm.expectRevert(abi.encodeWithSelector(IDuties.CommitOutOfTime.selector, 8, 7));
        commit(8, 1);
        vm.warp(T0 + 7 * EPOCH_SECONDS - 1);
        commit(7, 1);
        vm.warp(T0 + 7 * EPOCH_SECONDS);
        vm.expectRevert(abi.encodeWithSelector(IDuties.CommitOutOfTime.selector, 7, 8));
        commit(7, 2);
        commit(8, 2);
    }

    function test_RevertWhen_TheCallerMayNotValidate() public {
        vm.expectRevert(abi.encodeWithSelector(IDuties.NotValidator.selector, guardOf(9), 7));
        commit(7, 9);
        addMiner(11, LEVEL - 1, 5e18);
        vm.expectRevert(abi.encodeWithSelector(IDuties.NotValidator.selector, guardOf(11), 7));
        commit(7, 11);
        registerNode(12, 1);
        vm.prank(owner);
        levels.assess(guardOf(12), LEVEL);
        vm.expectRevert(abi.encodeWithSelector(IDuties.NotValidator.selector, guardOf(12), 7));
        commit(7, 12);
        addMiner(13, LEVEL, 5e18);
        vm.prank(ownerOf(13));
        registry.leave(guardOf(13));
        vm.expectRevert(abi.encodeWithSelector(IDuties.NotValidator.selector, guardOf(13), 7));
        commit(7, 13);
    }

    function test_RevertWhen_TheGuardIsFrozenOrHasNoStake() public {
        attestations.freeze(proofBy(keyOf(1), 5));
        vm.expectRevert(abi.encodeWithSelector(IDuties.GuardIsFrozen.selector, guardOf(1)));
        commit(7, 1);
        setStake(2, 0);
        vm.expectRevert(abi.encodeWithSelector(IDuties.StakeMissing.selector, ownerOf(2)));
        commit(7, 2);
        addMiner(11, LEVEL, 0);
        vm.expectRevert(abi.encodeWithSelector(IDuties.StakeMissing.selector, ownerOf(11)));
        commit(7, 11);
    }

    /// Its stake would count twice.
    function test_RevertWhen_AnotherOfTheSameOwnerHasCommitted() public {
        registerFor(ownerOf(1), keyOf(11), ROLE_MINER);
        vm.prank(owner);
        levels.assess(guardOf(11), LEVEL);
        commit(7, 1);
        vm.expectRevert(abi.encodeWithSelector(IDuties.OwnerTaken.selector, 7, ownerOf(1)));
        commit(7, 11);
        vm.expectRevert(abi.encodeWithSelector(IDuties.OwnerTaken.selector, 7, ownerOf(1)));
        commit(7, 1);
        warpToEpoch(7);
        commit(8, 11);
    }

    function test_RevertWhen_TheCommitmentIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(IDuties.CommitmentZero.selector));
        vm.prank(guardOf(1));
        duties.commit(7, 0);
    }

    function test_TakesTheSecretInTheSecondEpochAfterBeforeItsCutOff() public {
        commit(7, 1);
        commit(7, 2);
        vm.warp(T0 + 9 * EPOCH_SECONDS - 1);
        vm.expectRevert(abi.encodeWithSelector(IDuties.ShowOutOfTime.selector, 7, 8, 9));
        show(7, 1);
        vm.warp(T0 + 9 * EPOCH_SECONDS);
        expectEvent(address(duties));
        emit IDuties.DutiesShown(7, guardOf(1), secretOf(7, 1), 0, "");
        show(7, 1);
        assertTrue(duties.roundOf(7, guardOf(1)).isShown, "shown");
        vm.expectRevert(abi.encodeWithSelector(IDuties.ShownAlready.selector, 7, guardOf(1)));
        show(7, 1);
        vm.warp(T0 + 10 * EPOCH_SECONDS - 60);
        vm.expectRevert(abi.encodeWithSelector(IDuties.ShowOutOfTime.selector, 7, 9, 10));
        show(7, 2);
    }

    function test_RevertWhen_TheSecretOpensNothing() public {
        commit(7, 1);
        warpToEpoch(9);
        bytes32 opened = commitmentTo(7, 1, bytes32(uint256(1)));
        vm.expectRevert(abi.encodeWithSelector(IDuties.SecretForeign.selector, opened, commitmentOf(7, 1)));
        vm.prank(guardOf(1));
        duties.show(7, bytes32(uint256(1)), 0, "");
        vm.expectRevert(abi.encodeWithSelector(IDuties.NotCommitted.selector, 7, guardOf(2)));
        show(7, 2);
    }

    /// A copied commitment opens for nobody; two who share a secret would draw the same tasks.
    function test_RevertWhen_TheSecretIsAnothers() public {
        commit(7, 1);
        bytes32 copied = commitmentOf(7, 1);
        vm.prank(guardOf(2));
        duties.commit(7, copied);
        bytes32 shared = secretOf(7, 1);
        bytes32 own = commitmentTo(7, 3, shared);
        vm.prank(guardOf(3));
        duties.commit(7, own);
        warpToEpoch(9);
        show(7, 1);
        bytes32 opened = commitmentTo(7, 2, shared);
        vm.expectRevert(abi.encodeWithSelector(IDuties.SecretForeign.selector, opened, copied));
        vm.prank(guardOf(2));
        duties.show(7, shared, 0, "");
        vm.expectRevert(abi.encodeWithSelector(IDuties.SecretTaken.selector, 7, shared));
        vm.prank(guardOf(3));
        duties.show(7, shared, 0, "");
    }

    function test_WhoHasLeftMayStillShow() public {
        commit(7, 1);
        leave(1);
        fix(7);
        assertTrue(!isGuard(7, 1), "has left");
        warpToEpoch(9);
        show(7, 1);
    }

    function test_ReadsItsPartsFromTheSets() public view {
        assertEq(address(duties.guardSets()), address(IGuardSets(sets)), "sets");
        assertEq(address(duties.nodeLevels()), address(INodeLevels(levels)), "levels");
    }
}
