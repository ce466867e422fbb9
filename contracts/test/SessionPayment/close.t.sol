// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { Network } from "../support/Network.sol";

contract CloseTest is Network {
    uint32 internal account;

    function setUp() public override {
        super.setUp();
        account = openSession(client);
        deposit(account, 100);
        allot(account, operator, 60);
        allot(account, stranger, 30);
    }

    function request() internal returns (uint256) {
        vm.prank(client);
        return payment.requestClose(account);
    }

    function test_RevertWhen_RequestedByAStranger() public {
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.NotSessionOwner.selector, stranger, client));
        vm.prank(stranger);
        payment.requestClose(account);
    }

    function test_RevertWhen_RequestedTwice() public {
        uint256 closeAt = block.timestamp + 24 hours;
        expectEvent(address(payment));
        emit ISessionPayment.CloseRequested(account, closeAt);
        assertEq(request(), closeAt, "closeAt");
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.AccountClosing.selector, account, closeAt));
        request();
    }

    function test_RevertWhen_FinalisedTooEarlyOrTwiceOrUnasked() public {
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.AccountNotClosing.selector, account));
        payment.finaliseClose(account);
        uint256 closeAt = request();
        vm.warp(closeAt - 1);
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.CloseTooEarly.selector, closeAt));
        payment.finaliseClose(account);
        vm.warp(closeAt);
        payment.finaliseClose(account);
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.AlreadyClosed.selector, account));
        payment.finaliseClose(account);
    }

    function testFuzz_PaysTheOwnerAllThatWasNotSpent(uint96 beforeWei, uint96 afterWei) public {
        beforeWei = uint96(bound(beforeWei, 1, 59));
        afterWei = uint96(bound(afterWei, beforeWei + 1, 60));
        settle(clientDebit(account, beforeWei), "");
        uint256 closeAt = request();
        vm.warp(closeAt);
        settle(clientDebit(account, afterWei), "");

        expectEvent(address(payment));
        emit ISessionPayment.Closed(account, 100 - afterWei);
        vm.prank(stranger);
        payment.finaliseClose(account);
        assertEq(cor.balanceOf(client), 100 - afterWei, "refund");
        ISessionPayment.Account memory held = payment.accountOf(account);
        assertEq(held.depositWei, afterWei, "deposit");
        assertEq(held.allottedWei, afterWei, "allotted");
        assertEq(payment.laneOf(account, operator).allotmentWei, afterWei, "lane is cut");
        assertEq(payment.laneOf(account, stranger).allotmentWei, 0, "other lane is cut");
        assertEq(cor.balanceOf(address(payment)), earnedBy(operator), "nothing is left but the earnings");
    }

    function test_FinalisesAnEmptyAccount() public {
        uint32 empty = openSession(client);
        vm.prank(client);
        vm.warp(payment.requestClose(empty));
        assertEq(payment.finaliseClose(empty), 0, "nothing");
    }
}
