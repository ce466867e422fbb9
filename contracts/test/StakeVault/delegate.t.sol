// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IStakeVault } from "../../src/interfaces/IStakeVault.sol";
import { Exits } from "../../src/libraries/Exits.sol";
import { Pools } from "../../src/libraries/Pools.sol";
import { Network } from "../support/Network.sol";

contract DelegateTest is Network {
    address internal slasher = address(0x51A5);
    address internal alice = address(0xA11CE);
    address internal bob = address(0xB0B);
    address internal other = address(0x09E3);

    function setUp() public override {
        super.setUp();
        vm.prank(owner);
        vault.proposeSlasher(slasher);
    }

    function delegateAs(address who, address to, uint256 amountWei) internal {
        cor.transfer(who, amountWei);
        vm.prank(who);
        cor.approve(address(vault), amountWei);
        vm.prank(who);
        vault.delegate(to, amountWei);
    }

    function stakeOwn(uint256 amountWei) internal {
        cor.approve(address(vault), amountWei);
        vault.stake(operator, amountWei);
    }

    function askOut(address who, uint256 amountWei) internal {
        vm.prank(who);
        vault.requestUnstake(operator, amountWei);
    }

    function takeOut(address who) internal returns (uint256) {
        vm.prank(who);
        return vault.withdrawUnstaked(operator, who);
    }

    function slash(uint256 amountWei) internal {
        vm.prank(slasher);
        vault.slash(operator, amountWei, stranger);
    }

    function worthOf(address who) internal view returns (uint256) {
        return vault.positionOf(operator, who).stakedWei;
    }

    function test_CountsAsTheOperatorsStakeAndStaysTheDelegators() public {
        stakeOwn(100);
        cor.transfer(alice, 50);
        vm.prank(alice);
        cor.approve(address(vault), 50);
        expectEvent(address(vault));
        emit IStakeVault.Staked(operator, alice, alice, 50);
        vm.prank(alice);
        vault.delegate(operator, 50);
        assertEq(vault.stakeOf(operator).stakedWei, 150, "both count");
        assertEq(stakeView.stakeOf(operator), 150, "also in the view");
        assertEq(worthOf(alice), 50, "the delegator's");
        assertEq(worthOf(operator), 100, "the operator's own");

        vm.expectRevert(abi.encodeWithSelector(IStakeVault.StakeBelow.selector, 100, 101));
        askOut(operator, 101);
        askOut(alice, 50);
        assertEq(stakeView.stakeOf(operator), 100, "counts no more");
        vm.warp(vm.getBlockTimestamp() + 14 days);
        vm.expectRevert(abi.encodeWithSelector(Exits.NothingExiting.selector));
        takeOut(operator);
        assertEq(takeOut(alice), 50, "out");
        assertEq(cor.balanceOf(alice), 50, "paid");
    }

    function test_EachPositionWaitsForItself() public {
        uint256 start = vm.getBlockTimestamp();
        delegateAs(alice, operator, 100);
        delegateAs(alice, other, 100);
        delegateAs(bob, operator, 100);
        askOut(alice, 10);
        vm.warp(start + 7 days);
        vm.prank(alice);
        vault.requestUnstake(other, 20);
        askOut(bob, 30);
        assertEq(vault.positionOf(operator, alice).unstakeAt, start + 14 days, "the first as it was");
        vm.warp(start + 14 days);
        assertEq(takeOut(alice), 10, "the first");
        vm.expectRevert(abi.encodeWithSelector(Exits.ExitTooEarly.selector, start + 21 days));
        vm.prank(alice);
        vault.withdrawUnstaked(other, alice);
        vm.expectRevert(abi.encodeWithSelector(Exits.ExitTooEarly.selector, start + 21 days));
        takeOut(bob);
    }

    function test_SlashesOwnAndDelegatedActiveAndLeavingStakeAlike() public {
        stakeOwn(4e18);
        delegateAs(alice, operator, 2e18);
        delegateAs(bob, operator, 2e18);
        delegateAs(bob, other, 2e18);
        askOut(bob, 2e18);
        vm.warp(vm.getBlockTimestamp() + 14 days);
        slash(2e18);
        assertEq(worthOf(operator), 3e18, "own");
        assertEq(worthOf(alice), 1.5e18, "delegated");
        assertEq(vault.positionOf(operator, bob).unstakingWei, 1.5e18, "leaving, though its wait is over");
        assertEq(stakeView.stakeOf(operator), 4.5e18, "view");
        assertEq(takeOut(bob), 1.5e18, "and no more comes out");
        assertEq(vault.positionOf(other, bob).stakedWei, 2e18, "another operator's is untouched");
    }

    function test_LosesEverythingOnceAndNothingOfWhatComesLater() public {
        delegateAs(alice, operator, 1_000);
        askOut(alice, 400);
        slash(5_000);
        assertEq(cor.balanceOf(stranger), 1_000, "all there was");
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.StakeBelow.selector, 0, 1));
        askOut(alice, 1);
        delegateAs(bob, operator, 1e18);
        vm.warp(vm.getBlockTimestamp() + 14 days);
        assertEq(takeOut(alice), 0, "nothing for the old");
        assertEq(worthOf(alice), 0, "and no part of the new");
        assertTrue(worthOf(bob) >= 1e18 - 1, "which is the new one's");
    }

    function test_RevertWhen_SharesAreWorthNextToNothing() public {
        delegateAs(alice, operator, 1e18);
        slash(1e18);
        cor.transfer(bob, 1);
        vm.prank(bob);
        cor.approve(address(vault), 1);
        vm.expectRevert(abi.encodeWithSelector(Pools.PoolSpent.selector, 0, 1e21));
        vm.prank(bob);
        vault.delegate(operator, 1);
        delegateAs(bob, other, 1);
    }

    function testFuzz_WhoComesFirstCantTakeFromWhoComesNext(
        uint96 firstWei,
        uint96 sentWei,
        uint96 backWei,
        uint96 victimWei
    ) public {
        firstWei = uint96(bound(firstWei, 1, 1e26));
        sentWei = uint96(bound(sentWei, 0, 1e26));
        victimWei = uint96(bound(victimWei, 1, 1e26));
        delegateAs(alice, operator, firstWei);
        cor.transfer(address(vault), sentWei);
        backWei = uint96(bound(backWei, 1, firstWei));
        askOut(alice, backWei);
        vm.warp(vm.getBlockTimestamp() + 14 days);
        takeOut(alice);
        delegateAs(bob, operator, victimWei);
        assertEq(worthOf(bob), victimWei, "all that was put in");
        if (backWei == firstWei) return;
        askOut(alice, worthOf(alice));
        vm.warp(vm.getBlockTimestamp() + 14 days);
        takeOut(alice);
        assertEq(cor.balanceOf(alice), firstWei, "and no more for the first");
    }

    function testFuzz_RoundsAgainstTheCallerAtAnyPrice(uint96 firstWei, uint96 slashWei, uint96 putWei, uint96 askWei)
        public
    {
        firstWei = uint96(bound(firstWei, 2, 1e26));
        slashWei = uint96(bound(slashWei, 1, firstWei - firstWei / 1e6 - 1));
        putWei = uint96(bound(putWei, 1, 1e26));
        delegateAs(alice, operator, firstWei);
        slash(slashWei);
        uint256 beforeWei = worthOf(alice);
        delegateAs(bob, operator, putWei);
        uint256 worthWei = worthOf(bob);
        assertTrue(worthWei <= putWei && worthWei + 1 >= putWei, "worth at most what was put in, less at most a wei");
        assertTrue(worthOf(alice) >= beforeWei, "at nobody's cost");
        if (worthWei == 0) return;
        askWei = uint96(bound(askWei, 1, worthWei));
        askOut(bob, askWei);
        assertTrue(worthOf(bob) + askWei <= worthWei, "what is asked for leaves at least that much");
        assertTrue(worthOf(bob) + askWei + 1 >= worthWei, "and at most a wei more");
        vm.warp(vm.getBlockTimestamp() + 14 days);
        uint256 paidWei = takeOut(bob);
        assertTrue(paidWei >= askWei && paidWei <= askWei + 1, "what was asked for");
        assertTrue(worthOf(alice) >= beforeWei, "still at nobody's cost");
    }
}
