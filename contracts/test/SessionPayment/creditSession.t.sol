// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { SessionPayment } from "../../src/l2/SessionPayment.sol";
import { KeepingToken } from "../support/HostileTokens.sol";
import { Network } from "../support/Network.sol";

contract CreditSessionTest is Network {
    bytes32 internal constant SLA = "sla";
    uint8 internal constant ROUTER_ROLE = 1;

    uint32 internal account;

    function setUp() public override {
        super.setUp();
        account = fundedSession(100);
        cor.transfer(operator, 1_000);
        vm.prank(operator);
        cor.approve(address(payment), 1_000);
    }

    function give(uint96 amountWei, uint64 epoch, bytes32 reason) internal {
        vm.prank(operator);
        payment.creditSession(operator, account, amountWei, epoch, reason);
    }

    /* REFUSALS */

    function test_RevertWhen_TheCallerIsNoRouterOfTheLane() public {
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.SessionCreditUnauthorised.selector, stranger, operator));
        vm.prank(stranger);
        payment.creditSession(operator, account, 1, 5, SLA);
    }

    function test_RevertWhen_TheAmountIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.AmountZero.selector));
        give(0, 5, SLA);
    }

    function test_RevertWhen_TheEpochHasNotBegun() public {
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.EpochAhead.selector, 6, 5));
        give(1, 6, SLA);
    }

    function test_RevertWhen_TheLaneIsNotOneOfTheAccount() public {
        uint32 other = openSession(client);
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.LaneUnknown.selector, other, operator));
        vm.prank(operator);
        payment.creditSession(operator, other, 1, 5, SLA);
    }

    function test_RevertWhen_ItWasGivenBefore() public {
        give(3, 5, SLA);
        vm.expectRevert(
            abi.encodeWithSelector(ISessionPayment.SessionCreditRepeated.selector, account, operator, 5, SLA)
        );
        give(4, 5, SLA);
        assertEq(payment.accountOf(account).depositWei, 103, "once");
        give(4, 4, SLA);
        give(4, 5, "cut");
        assertEq(payment.accountOf(account).depositWei, 111, "another epoch and another reason are others");
    }

    function test_RevertWhen_NotAllCoinsArrive() public {
        KeepingToken token = new KeepingToken();
        SessionPayment other = new SessionPayment(partsWith(token));
        token.transfer(operator, 500);
        token.approve(address(other), 100);
        // The token keeps a wei of every deposit, so the lane is made without one.
        vm.prank(client);
        other.setAllotment(account, operator, 0);
        vm.prank(operator);
        token.approve(address(other), 100);
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.ReceivedOther.selector, 9, 10));
        vm.prank(operator);
        other.creditSession(operator, account, 10, 5, SLA);
        assertEq(other.sessionCreditOf(operator, account, 5, SLA), 0, "nothing is kept of it");
    }

    /* EFFECTS */

    function testFuzz_RaisesDepositAndAllotment(uint96 amountWei, uint64 epoch) public {
        amountWei = uint96(bound(amountWei, 1, 1_000));
        epoch = uint64(bound(epoch, 0, currentEpoch()));
        expectEvent(address(payment));
        emit ISessionPayment.SessionCredited(
            account, operator, SLA, epoch, operator, amountWei, uint256(100) + amountWei
        );
        expectEvent(address(payment));
        emit ISessionPayment.AllotmentChanged(account, operator, uint256(100) + amountWei);
        give(amountWei, epoch, SLA);
        ISessionPayment.Account memory held = payment.accountOf(account);
        assertEq(held.depositWei, uint256(100) + amountWei, "deposit");
        assertEq(held.allottedWei, uint256(100) + amountWei, "allotted");
        assertEq(payment.laneOf(account, operator).allotmentWei, uint256(100) + amountWei, "allotment");
        assertEq(payment.sessionCreditOf(operator, account, epoch, SLA), amountWei, "on record");
        assertEq(cor.balanceOf(address(payment)), uint256(100) + amountWei, "coins");
        assertEq(cor.balanceOf(operator), uint256(1_000) - amountWei, "the operator's");
    }

    function test_CanBeSpentAtOnce() public {
        settle(clientDebit(account, 100), "");
        give(7, 5, SLA);
        settle(clientDebit(account, 107), "");
        assertEq(earnedBy(operator), 107, "spent again");
    }

    function test_ARouterOfTheOperatorMayGiveIt() public {
        address router = registerNode(ROUTER_KEY, operator, ROUTER_ROLE);
        cor.transfer(router, 5);
        vm.prank(router);
        cor.approve(address(payment), 5);
        vm.prank(router);
        payment.creditSession(operator, account, 5, 5, SLA);
        assertEq(payment.laneOf(account, operator).allotmentWei, 105, "in its operator's lane");
    }

    function test_GoesToTheOwnerOfAClosingAccount() public {
        vm.prank(client);
        payment.requestClose(account);
        give(7, 5, SLA);
        assertEq(payment.laneOf(account, operator).allotmentWei, 100, "no lane may spend it");
        vm.warp(block.timestamp + 24 hours);
        payment.finaliseClose(account);
        assertEq(cor.balanceOf(client), 107, "paid out");
        give(2, 4, SLA);
        vm.prank(client);
        payment.withdrawUnallotted(account, 2);
        assertEq(cor.balanceOf(client), 109, "also when it comes later");
    }
}
