// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { Network } from "../support/Network.sol";

contract SmallestPaymentTest is Network {
    function test_PaysOutAWei() public {
        cor.approve(address(payment), 1);
        payment.raiseCredit(operator, miner, 1);
        address[] memory lanes = new address[](1);
        lanes[0] = operator;
        vm.prank(miner);
        assertEq(payment.withdraw(miner, lanes, miner), 1, "paid");
        assertEq(cor.balanceOf(miner), 1, "there");
    }

    function test_PaysBackAWeiThatNoLaneMaySpendAndRefusesNothing() public {
        uint32 account = openSession(client);
        deposit(account, 1);
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.AmountZero.selector));
        vm.prank(client);
        payment.withdrawUnallotted(account, 0);
        vm.prank(client);
        payment.withdrawUnallotted(account, 1);
        assertEq(cor.balanceOf(client), 1, "there");
    }

    function test_RefundsAWeiThatWasNotSpent() public {
        uint32 account = fundedSession(10);
        settle(clientDebit(account, 9), "");
        vm.prank(client);
        vm.warp(payment.requestClose(account));
        expectEvent(address(payment));
        emit ISessionPayment.Refunded(account, client, 1);
        assertEq(payment.finaliseClose(account), 1, "refund");
        assertEq(cor.balanceOf(client), 1, "there");
    }

    function test_FreezesAWei() public {
        settle(clientDebit(fundedSession(1), 1), "");
        vm.prank(address(challenges));
        assertEq(payment.freezeMaturing(operator), 1, "frozen");
        assertEq(cor.balanceOf(address(challenges)), 1, "sent");
    }
}
