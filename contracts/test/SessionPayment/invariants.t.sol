// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { Credits } from "../../src/libraries/Credits.sol";
import { Network } from "../support/Network.sol";
import { PaymentHandler } from "./PaymentHandler.sol";

contract SessionPaymentInvariants is Network {
    PaymentHandler internal handler;

    function setUp() public override {
        super.setUp();
        handler = new PaymentHandler(cor, sessions, payment);
        cor.transfer(address(handler), 9e26);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// Credits that weren't withdrawn, and operators' earnings that weren't withdrawn or frozen.
    function sumOwed() internal view returns (uint256 owedWei) {
        for (uint256 i = 0; i < handler.LANES(); ++i) {
            owedWei += earnedBy(handler.laneAt(i));
            for (uint256 j = 0; j < handler.PAYEES(); ++j) {
                Credits.Credit memory held = payment.creditOf(handler.laneAt(i), handler.payeeAt(j));
                owedWei += held.creditedWei - held.withdrawnWei;
            }
        }
    }

    function sumOfLanes(uint32 account) internal view returns (uint256 allotmentWei, uint256 cumulativeWei) {
        for (uint256 i = 0; i < handler.LANES(); ++i) {
            ISessionPayment.Lane memory line = payment.laneOf(account, handler.laneAt(i));
            allotmentWei += line.allotmentWei;
            cumulativeWei += line.cumulativeWei;
        }
    }

    /// The handler's actions do something: else the invariants would hold of nothing.
    function test_HandlerActionsHaveEffects() public {
        address lane = handler.laneAt(0);
        handler.deposit(1, 1_000);
        handler.setAllotment(1, 0, 600);
        handler.settle(1, 0, 100, 40, 0);
        handler.settleAgain(1, 0, 0, 1);
        handler.raiseCredit(0, 0, 9);
        handler.setAllotment(1, 0, 200);
        handler.withdrawUnallotted(1, 5);
        handler.withdraw(0, 0);
        handler.creditSession(1, 0, 50);
        assertTrue(handler.givenBackWei() != 0, "given back");
        assertTrue(handler.withdrawnWei() > handler.raisedWei() && handler.raisedWei() != 0, "a payee's credit");
        handler.requestClose(1, 0);
        handler.donate(3);
        handler.wait_(24 hours - 1);
        handler.wait_(1);
        handler.applyAllotment(1, 0);
        assertTrue(handler.dayOldWei(lane) != 0 && handler.twoDaysOldWei(lane) == 0, "aged a day");
        handler.settle(1, 0, 10, 0, 0);
        handler.freezeMaturing(0, 0);
        assertTrue(handler.frozenOfWei(lane) != 0, "frozen");
        handler.settle(1, 0, 10, 0, 0);
        handler.wait_(30 hours - 1);
        handler.wait_(30 hours - 1);
        assertTrue(handler.twoDaysOldWei(lane) > handler.frozenOfWei(lane), "aged two");
        handler.withdrawMatured(0);
        assertTrue(handler.takenWei(lane) != 0, "taken");
        handler.finaliseClose(1);
        assertTrue(handler.depositedWei() != 0 && handler.debitedWei() != 0, "in and spent");
        assertTrue(handler.refundedWei() != 0 && handler.donatedWei() != 0, "out");
        assertTrue(payment.accountOf(1).closed || payment.accountOf(2).closed, "closed");
    }

    /// Money is conserved: what came in is still there as unspent deposits, credits and earnings, or went out.
    function invariant_MoneyIsConserved() external view {
        uint256 unspentWei = 0;
        for (uint32 account = 1; account <= handler.ACCOUNTS(); ++account) {
            (, uint256 cumulativeWei) = sumOfLanes(account);
            unspentWei += payment.accountOf(account).depositWei - cumulativeWei;
        }
        uint256 owedWei = sumOwed();
        assertEq(
            handler.depositedWei() + handler.raisedWei() + handler.givenBackWei(),
            unspentWei + owedWei + handler.withdrawnWei() + handler.refundedWei() + handler.frozenWei(),
            "deposits + raises + credits to sessions = unspent + owed + withdrawn + refunded + frozen"
        );
        assertEq(cor.balanceOf(address(payment)), unspentWei + owedWei + handler.donatedWei(), "coins back every claim");
    }

    /// Each settlement gives out exactly what it debits, and nothing else is ever owed.
    function invariant_CreditsEqualDebits() external view {
        assertEq(
            sumOwed() + handler.withdrawnWei() + handler.frozenWei(),
            handler.debitedWei() + handler.raisedWei(),
            "credited + earned = debited + raised"
        );
    }

    /// A payee's counter goes exactly as far as settlements and raises took it; it never falls, and pays itself once.
    function invariant_EachCreditIsPaidAtMostOnce() external view {
        for (uint256 i = 0; i < handler.LANES(); ++i) {
            for (uint256 j = 0; j < handler.PAYEES(); ++j) {
                Credits.Credit memory held = payment.creditOf(handler.laneAt(i), handler.payeeAt(j));
                assertEq(held.creditedWei, handler.creditedWei(handler.laneAt(i), handler.payeeAt(j)), "credited");
                assertTrue(held.withdrawnWei <= held.creditedWei, "withdrawn <= credited");
            }
        }
    }

    /// Nothing of an operator's matures before a day has passed, and all that wasn't frozen has after two.
    function invariant_EarningsMatureInTime() external view {
        for (uint256 i = 0; i < handler.LANES(); ++i) {
            address lane = handler.laneAt(i);
            (uint256 maturedWei,) = payment.earningsOf(lane);
            uint256 everMaturedWei = maturedWei + handler.takenWei(lane);
            assertTrue(everMaturedWei <= handler.dayOldWei(lane), "never early");
            assertTrue(everMaturedWei + handler.frozenOfWei(lane) >= handler.twoDaysOldWei(lane), "never late");
        }
    }

    /// No lane spends more than its allotment, no allotments more than the deposit, and nothing spent is unspent again.
    function invariant_LanesStayWithinAllotmentsAndDeposit() external view {
        for (uint32 account = 1; account <= handler.ACCOUNTS(); ++account) {
            (uint256 allotmentWei,) = sumOfLanes(account);
            ISessionPayment.Account memory held = payment.accountOf(account);
            assertEq(held.allottedWei, allotmentWei, "allotted = sum of allotments");
            assertTrue(held.allottedWei <= held.depositWei, "allotted <= deposit");
            for (uint256 i = 0; i < handler.LANES(); ++i) {
                address lane = handler.laneAt(i);
                ISessionPayment.Lane memory line = payment.laneOf(account, lane);
                assertTrue(line.cumulativeWei <= line.allotmentWei, "cumulative <= allotment");
                assertEq(line.cumulativeWei, handler.highestWei(account, lane), "cumulative never falls");
            }
        }
    }
}
