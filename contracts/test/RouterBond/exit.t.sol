// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IRouterBond } from "../../src/interfaces/IRouterBond.sol";
import { Exits } from "../../src/libraries/Exits.sol";
import { Network } from "../support/Network.sol";

contract BondExitTest is Network {
    address internal claims = address(0xC1A1);

    function setUp() public override {
        super.setUp();
        vm.prank(owner);
        bond.proposeSlasher(claims);
        cor.approve(address(bond), 150);
        bond.deposit(operator, 100);
    }

    function test_AddsToWhatIsThere() public {
        expectEvent(address(bond));
        emit IRouterBond.BondDeposited(operator, address(this), 50, 150);
        bond.deposit(operator, 50);
        assertEq(bond.bondOf(operator).bondWei, 150, "both");
        assertEq(cor.balanceOf(address(bond)), 150, "coins");
    }

    /// Else a slash of a wei would open the way out at once.
    function test_WhatASlashLeavesOnItsWayWaitsOn() public {
        uint256 exitAt = vm.getBlockTimestamp() + 7 days;
        vm.prank(operator);
        bond.requestExit(50);
        vm.prank(claims);
        bond.slash(operator, 10, miner);
        assertEq(bond.bondOf(operator).exitingWei, 45, "on its way");
        assertEq(bond.bondOf(operator).exitAt, exitAt, "until then");
        vm.warp(exitAt - 1);
        vm.expectRevert(abi.encodeWithSelector(Exits.ExitTooEarly.selector, exitAt));
        vm.prank(operator);
        bond.withdraw(operator);
        vm.warp(exitAt);
        vm.prank(operator);
        assertEq(bond.withdraw(operator), 45, "out");
    }

    function test_NothingIsOnItsWayOnceItIsOut() public {
        vm.prank(operator);
        bond.requestExit(40);
        vm.warp(vm.getBlockTimestamp() + 7 days);
        vm.prank(operator);
        bond.withdraw(operator);
        assertEq(bond.bondOf(operator).exitingWei, 0, "nothing");
        assertEq(bond.bondOf(operator).exitAt, 0, "at no time");
    }
}
