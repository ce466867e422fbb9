// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { IMessenger } from "../../src/interfaces/IMessenger.sol";
import { ISlashable } from "../../src/interfaces/ISlashable.sol";
import { IStakeVault } from "../../src/interfaces/IStakeVault.sol";
import { StakeVault } from "../../src/l1/StakeVault.sol";
import { StakeView } from "../../src/l2/StakeView.sol";
import { Exits } from "../../src/libraries/Exits.sol";
import { Hooks } from "../../src/libraries/Hooks.sol";
import { DenyList, PauseSwitch } from "../support/HookParts.sol";
import { Network } from "../support/Network.sol";
import { FlakyMessenger } from "./FlakyMessenger.sol";

contract StakeTest is Network {
    address internal slasher = address(0x51A5);

    function stakeFor(address who, uint256 amountWei) internal {
        cor.approve(address(vault), amountWei);
        vault.stake(who, amountWei);
    }

    function seatSlasher() internal {
        vm.prank(owner);
        vault.proposeSlasher(slasher);
    }

    function test_RevertWhen_StakingOrUnstakingNothing() public {
        vm.expectRevert(abi.encodeWithSelector(Exits.AmountZero.selector));
        vault.stake(operator, 0);
        vm.expectRevert(abi.encodeWithSelector(Exits.AmountZero.selector));
        vault.delegate(operator, 0);
        vm.expectRevert(abi.encodeWithSelector(Exits.AmountZero.selector));
        vault.requestUnstake(operator, 0);
    }

    function testFuzz_CountsAStakeHereAndInTheView(uint96 firstWei, uint96 secondWei) public {
        firstWei = uint96(bound(firstWei, 1, 4e26));
        secondWei = uint96(bound(secondWei, 1, 4e26));
        stakeFor(operator, firstWei);
        cor.approve(address(vault), secondWei);
        expectEvent(address(vault));
        emit IStakeVault.Staked(operator, operator, address(this), secondWei);
        vault.stake(operator, secondWei);
        assertEq(vault.stakeOf(operator).stakedWei, uint256(firstWei) + secondWei, "vault");
        assertEq(vault.positionOf(operator, operator).stakedWei, uint256(firstWei) + secondWei, "the operator's own");
        assertEq(stakeView.stakeOf(operator), uint256(firstWei) + secondWei, "view");
        assertEq(cor.balanceOf(address(vault)), uint256(firstWei) + secondWei, "coins");
    }

    function test_WaitsFourteenDaysAndRestartsTheWait() public {
        stakeFor(operator, 100);
        vm.prank(operator);
        vault.requestUnstake(operator, 30);
        assertEq(stakeView.stakeOf(operator), 70, "stops counting at once");
        vm.warp(block.timestamp + 13 days);
        uint256 unstakeAt = vm.getBlockTimestamp() + 14 days;
        expectEvent(address(vault));
        emit IStakeVault.UnstakeRequested(operator, operator, 20, unstakeAt);
        vm.prank(operator);
        vault.requestUnstake(operator, 20);
        vm.warp(unstakeAt - 1);
        vm.expectRevert(abi.encodeWithSelector(Exits.ExitTooEarly.selector, unstakeAt));
        vm.prank(operator);
        vault.withdrawUnstaked(operator, operator);
        vm.warp(unstakeAt);
        expectEvent(address(vault));
        emit IStakeVault.Unstaked(operator, operator, stranger, 50);
        vm.prank(operator);
        vault.withdrawUnstaked(operator, stranger);
        assertEq(cor.balanceOf(stranger), 50, "paid");
        assertEq(stakeView.stakeOf(operator), 50, "the rest counts on");
        vm.expectRevert(abi.encodeWithSelector(Exits.NothingExiting.selector));
        vm.prank(operator);
        vault.withdrawUnstaked(operator, operator);
    }

    function test_RevertWhen_UnstakingMoreThanTheStake() public {
        stakeFor(operator, 10);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.StakeBelow.selector, 10, 11));
        vm.prank(operator);
        vault.requestUnstake(operator, 11);
    }

    function testFuzz_SlashesAlsoWhatIsOnItsWayOutButNeverMoreThanThereIs(uint96 unstakingWei, uint96 amountWei)
        public
    {
        seatSlasher();
        unstakingWei = uint96(bound(unstakingWei, 1, 100));
        stakeFor(operator, 100);
        vm.prank(operator);
        vault.requestUnstake(operator, unstakingWei);
        uint256 expectedWei = amountWei < 100 ? amountWei : 100;
        expectEvent(address(vault));
        emit ISlashable.Slashed(operator, expectedWei, stranger);
        vm.prank(slasher);
        assertEq(vault.slash(operator, amountWei, stranger), expectedWei, "taken");
        assertEq(cor.balanceOf(stranger), expectedWei, "paid");
        IStakeVault.Stake memory held = vault.stakeOf(operator);
        assertEq(held.heldWei, 100 - expectedWei, "left");
        assertClose(held.unstakingWei, unstakingWei * held.heldWei / 100, "its part of what is left");
        assertClose(held.stakedWei, (100 - unstakingWei) * held.heldWei / 100, "and the other");
        assertEq(stakeView.stakeOf(operator), held.stakedWei, "view");
    }

    /// Within the wei that rounding may cost either.
    function assertClose(uint256 actual, uint256 expected, string memory label) internal pure {
        assertTrue(actual <= expected + 1 && expected <= actual + 1, label);
    }

    function test_RevertWhen_TheCallerOrTheOperatorIsDeniedOrAllIsPaused() public {
        DenyList list = new DenyList();
        PauseSwitch pause = new PauseSwitch();
        StakeVault kept = new StakeVault(cor, list, pause, owner);
        cor.approve(address(kept), 100);
        kept.stake(operator, 50);
        cor.transfer(stranger, 50);
        vm.prank(stranger);
        cor.approve(address(kept), 50);

        list.deny(stranger, true);
        vm.expectRevert(abi.encodeWithSelector(Hooks.Denied.selector, stranger));
        vm.prank(stranger);
        kept.delegate(operator, 1);
        list.deny(operator, true);
        vm.expectRevert(abi.encodeWithSelector(Hooks.Denied.selector, operator));
        kept.stake(operator, 1);
        pause.turn(address(kept), true);
        vm.expectRevert(abi.encodeWithSelector(Hooks.Paused.selector, address(kept)));
        kept.stake(operator, 1);

        // Neither keeps anybody in.
        vm.prank(operator);
        kept.requestUnstake(operator, 50);
        vm.warp(vm.getBlockTimestamp() + 14 days);
        vm.prank(operator);
        assertEq(kept.withdrawUnstaked(operator, operator), 50, "out");
    }

    function test_RevertWhen_SlashedByAnybodyElse() public {
        vm.expectRevert(abi.encodeWithSelector(ISlashable.NotSlasher.selector, address(0)));
        vm.prank(address(0));
        vault.slash(operator, 1, stranger);
        seatSlasher();
        vm.expectRevert(abi.encodeWithSelector(ISlashable.NotSlasher.selector, owner));
        vm.prank(owner);
        vault.slash(operator, 1, stranger);
    }

    function test_SeatsANewSlasherOnlyAfterEverybodyCouldLeave() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        vault.proposeSlasher(stranger);
        seatSlasher();
        vm.expectRevert(abi.encodeWithSelector(ISlashable.SlasherUnchanged.selector, slasher));
        seatSlasher();
        vm.expectRevert(abi.encodeWithSelector(ISlashable.NoSlasherProposed.selector));
        vault.acceptSlasher();

        uint256 holdsFrom = block.timestamp + 15 days;
        expectEvent(address(vault));
        emit ISlashable.SlasherProposed(stranger, holdsFrom);
        vm.prank(owner);
        vault.proposeSlasher(stranger);
        vm.warp(holdsFrom - 1);
        vm.expectRevert(abi.encodeWithSelector(ISlashable.SlasherTooEarly.selector, holdsFrom));
        vault.acceptSlasher();
        assertEq(vault.slasher(), slasher, "the old one until then");
        vm.warp(holdsFrom);
        expectEvent(address(vault));
        emit ISlashable.SlasherChanged(stranger);
        vault.acceptSlasher();
        assertEq(vault.slasher(), stranger, "the new one");
    }

    function test_GoesOnWithABrokenMirrorAndRepairsTheViewLater() public {
        FlakyMessenger flaky = new FlakyMessenger();
        StakeView late = new StakeView(flaky, uint64(block.chainid), address(vault));
        vm.prank(owner);
        vault.addMirror(flaky, uint64(block.chainid), address(late));
        cor.approve(address(vault), 10);
        expectEvent(address(vault));
        emit IStakeVault.MirrorFailed(operator, 1);
        vault.stake(operator, 10);
        assertEq(stakeView.stakeOf(operator), 10, "the other mirror heard of it");
        assertEq(late.stakeOf(operator), 0, "this one did not");

        flaky.repair();
        vm.prank(stranger);
        vault.sync(operator);
        assertEq(late.stakeOf(operator), 10, "now it did");
        assertEq(stakeView.sequenceOf(operator), 1, "nothing newer, nothing changed");
    }

    function test_AddsFewMirrorsAndOnlyForTheOwner() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        vault.addMirror(messenger, 1, stranger);
        for (uint256 i = 1; i < 4; ++i) {
            vm.prank(owner);
            vault.addMirror(messenger, uint64(i), stranger);
        }
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.TooManyMirrors.selector, 4));
        vm.prank(owner);
        vault.addMirror(IMessenger(stranger), 9, stranger);
        assertEq(vault.mirrorCount(), 4, "mirrors");
        assertEq(vault.mirrorAt(3).chainId, 3, "kept");
    }
}
