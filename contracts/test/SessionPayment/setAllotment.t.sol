// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { Network } from "../support/Network.sol";

contract SetAllotmentTest is Network {
    uint32 internal account;

    function setUp() public override {
        super.setUp();
        account = openSession(client);
        deposit(account, 100);
    }

    function test_RevertWhen_CallerIsNotTheOwner() public {
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.NotSessionOwner.selector, stranger, client));
        vm.prank(stranger);
        payment.setAllotment(account, operator, 1);
    }

    function test_RevertWhen_LaneIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.LaneZero.selector));
        vm.prank(client);
        payment.setAllotment(account, address(0), 1);
    }

    function test_RevertWhen_RaisedWhileClosing() public {
        vm.prank(client);
        uint256 closeAt = payment.requestClose(account);
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.AccountClosing.selector, account, closeAt));
        vm.prank(client);
        payment.setAllotment(account, operator, 1);
    }

    function testFuzz_RevertWhen_AllotmentsPassTheDeposit(uint96 firstWei, uint96 secondWei) public {
        firstWei = uint96(bound(firstWei, 0, 100));
        secondWei = uint96(bound(secondWei, 101 - firstWei, type(uint96).max));
        allot(account, operator, firstWei);
        uint256 allottedWei = uint256(firstWei) + secondWei;
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.AllotmentAboveDeposit.selector, allottedWei, 100));
        vm.prank(client);
        payment.setAllotment(account, stranger, secondWei);
    }

    function test_RevertWhen_ThereAreTooManyLanes() public {
        for (uint160 lane = 1; lane <= 16; ++lane) {
            allot(account, address(lane), 1);
        }
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.TooManyLanes.selector, 16));
        vm.prank(client);
        payment.setAllotment(account, address(17), 1);
        allot(account, address(16), 2);
        assertEq(payment.lanesOf(account).length, 16, "known lanes still change");
    }

    function test_RaisesAtOnceAndForgetsALowering() public {
        allot(account, operator, 50);
        allot(account, operator, 10);
        expectEvent(address(payment));
        emit ISessionPayment.AllotmentChanged(account, operator, 70);
        allot(account, operator, 70);
        assertEq(payment.laneOf(account, operator).allotmentWei, 70, "allotment");
        assertEq(payment.accountOf(account).allottedWei, 70, "allotted");
        assertEq(payment.loweringOf(account, operator).at, 0, "nothing waits");
    }

    function testFuzz_LowersAfterTheDelayButNotBelowWhatWasSpent(uint96 toWei, uint96 spentWei) public {
        toWei = uint96(bound(toWei, 0, 99));
        spentWei = uint96(bound(spentWei, 1, 100));
        allot(account, operator, 100);
        uint256 at = block.timestamp + 24 hours;
        expectEvent(address(payment));
        emit ISessionPayment.AllotmentLowering(account, operator, toWei, at);
        allot(account, operator, toWei);
        settle(clientDebit(account, spentWei), "");
        vm.warp(at - 1);
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.LoweringTooEarly.selector, at));
        payment.applyAllotment(account, operator);

        vm.warp(at);
        vm.prank(stranger);
        payment.applyAllotment(account, operator);
        uint256 expectedWei = toWei > spentWei ? toWei : spentWei;
        assertEq(payment.laneOf(account, operator).allotmentWei, expectedWei, "allotment");
        assertEq(payment.accountOf(account).allottedWei, expectedWei, "allotted");
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.NothingLowering.selector, account, operator));
        payment.applyAllotment(account, operator);
    }
}
