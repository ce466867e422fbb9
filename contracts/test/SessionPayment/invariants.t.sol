// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
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

    function sumOfCredits() internal view returns (uint256 sumWei) {
        for (uint256 i = 0; i < 3; ++i) {
            sumWei += payment.creditOf(handler.payeeAt(i)) + payment.creditOf(handler.laneAt(i));
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
        handler.deposit(1, 1_000);
        handler.setAllotment(1, 0, 600);
        handler.settle(1, 0, 100, 40, 0);
        handler.setAllotment(1, 0, 200);
        handler.withdrawUnallotted(1, 5);
        handler.withdraw(0, 7);
        handler.requestClose(1, 0);
        handler.donate(3);
        handler.wait_(24 hours - 1);
        handler.wait_(1);
        handler.applyAllotment(1, 0);
        handler.finaliseClose(1);
        assertTrue(handler.depositedWei() != 0 && handler.debitedWei() != 0, "in and spent");
        assertTrue(handler.withdrawnWei() != 0 && handler.refundedWei() != 0 && handler.donatedWei() != 0, "out");
        assertTrue(payment.accountOf(1).closed || payment.accountOf(2).closed, "closed");
    }

    /// Money is conserved: what came in is still there as unspent deposits and credits, or went out.
    function invariant_MoneyIsConserved() external view {
        uint256 unspentWei = 0;
        for (uint32 account = 1; account <= handler.ACCOUNTS(); ++account) {
            (, uint256 cumulativeWei) = sumOfLanes(account);
            unspentWei += payment.accountOf(account).depositWei - cumulativeWei;
        }
        uint256 creditsWei = sumOfCredits();
        assertEq(
            handler.depositedWei(),
            unspentWei + creditsWei + handler.withdrawnWei() + handler.refundedWei(),
            "deposits = unspent + credits + withdrawn + refunded"
        );
        assertEq(
            cor.balanceOf(address(payment)), unspentWei + creditsWei + handler.donatedWei(), "coins back every claim"
        );
    }

    /// Each settlement credits exactly what it debits.
    function invariant_CreditsEqualDebits() external view {
        assertEq(sumOfCredits() + handler.withdrawnWei(), handler.debitedWei(), "credited = debited");
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
