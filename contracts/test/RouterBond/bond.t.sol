// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IRouterBond } from "../../src/interfaces/IRouterBond.sol";
import { ISlashable } from "../../src/interfaces/ISlashable.sol";
import { Exits } from "../../src/libraries/Exits.sol";
import { Network } from "../support/Network.sol";

contract BondTest is Network {
    address internal claims = address(0xC1A1);

    function setUp() public override {
        super.setUp();
        cor.approve(address(bond), 100);
        expectEvent(address(bond));
        emit IRouterBond.BondDeposited(operator, address(this), 100, 100);
        bond.deposit(operator, 100);
        vm.prank(owner);
        bond.proposeSlasher(claims);
    }

    function test_RevertWhen_TheAmountIsZeroOrTooMuch() public {
        vm.expectRevert(abi.encodeWithSelector(Exits.AmountZero.selector));
        bond.deposit(operator, 0);
        vm.expectRevert(abi.encodeWithSelector(Exits.AmountZero.selector));
        bond.requestExit(0);
        vm.expectRevert(abi.encodeWithSelector(Exits.ActiveBelow.selector, 100, 101));
        vm.prank(operator);
        bond.requestExit(101);
    }

    function test_PaysOutAfterSevenDays() public {
        uint256 exitAt = block.timestamp + 7 days;
        expectEvent(address(bond));
        emit IRouterBond.BondExitRequested(operator, 40, exitAt);
        vm.prank(operator);
        bond.requestExit(40);
        assertEq(bond.bondOf(operator).bondWei, 60, "counts no more");
        vm.warp(exitAt - 1);
        vm.expectRevert(abi.encodeWithSelector(Exits.ExitTooEarly.selector, exitAt));
        vm.prank(operator);
        bond.withdraw(operator);
        vm.warp(exitAt);
        expectEvent(address(bond));
        emit IRouterBond.BondWithdrawn(operator, stranger, 40);
        vm.prank(operator);
        bond.withdraw(stranger);
        assertEq(cor.balanceOf(stranger), 40, "paid");
        vm.expectRevert(abi.encodeWithSelector(Exits.NothingExiting.selector));
        vm.prank(operator);
        bond.withdraw(stranger);
    }

    function test_ASecondRequestWaitsAnewForAllOfIt() public {
        uint256 first = vm.getBlockTimestamp();
        vm.prank(operator);
        bond.requestExit(40);
        vm.warp(first + 7 days - 1);
        vm.prank(operator);
        bond.requestExit(1);
        uint256 exitAt = first + 14 days - 1;
        assertEq(bond.bondOf(operator).exitAt, exitAt, "exitAt");
        vm.warp(exitAt - 1);
        vm.expectRevert(abi.encodeWithSelector(Exits.ExitTooEarly.selector, exitAt));
        vm.prank(operator);
        bond.withdraw(operator);
        vm.warp(exitAt);
        vm.prank(operator);
        assertEq(bond.withdraw(operator), 41, "both");
    }

    function testFuzz_SlashesWhatCountsAndWhatIsOnItsWayInProportion(uint96 exitingWei, uint96 amountWei) public {
        exitingWei = uint96(bound(exitingWei, 1, 100));
        vm.prank(operator);
        bond.requestExit(exitingWei);
        uint256 expectedWei = amountWei < 100 ? amountWei : 100;
        expectEvent(address(bond));
        emit ISlashable.Slashed(operator, expectedWei, miner);
        vm.prank(claims);
        assertEq(bond.slash(operator, amountWei, miner), expectedWei, "taken");
        IRouterBond.Bond memory held = bond.bondOf(operator);
        assertEq(held.exitingWei, exitingWei - (expectedWei * exitingWei + 99) / 100, "on its way, the odd wei first");
        assertEq(uint256(held.bondWei) + held.exitingWei, 100 - expectedWei, "left");
        assertEq(cor.balanceOf(miner), expectedWei, "paid");
    }

    function test_TakesNothingWhereThereIsNothing() public {
        vm.prank(operator);
        bond.requestExit(100);
        vm.prank(claims);
        assertEq(bond.slash(operator, 101, miner), 100, "all of it");
        assertEq(bond.bondOf(operator).exitAt, 0, "nothing is on its way");
        vm.prank(claims);
        assertEq(bond.slash(operator, 1, miner), 0, "nothing left");
        vm.warp(vm.getBlockTimestamp() + 7 days);
        vm.expectRevert(abi.encodeWithSelector(Exits.NothingExiting.selector));
        vm.prank(operator);
        bond.withdraw(operator);
    }

    function test_RevertWhen_SlashedByAnybodyElse() public {
        vm.expectRevert(abi.encodeWithSelector(ISlashable.NotSlasher.selector, owner));
        vm.prank(owner);
        bond.slash(operator, 1, owner);
    }
}
