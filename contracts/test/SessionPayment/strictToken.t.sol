// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { SessionPayment } from "../../src/l2/SessionPayment.sol";
import { StrictToken } from "../tokens/StrictToken.sol";
import { Network } from "../support/Network.sol";

contract PaymentStrictTokenTest is Network {
    uint32 internal account;

    function setUp() public override {
        super.setUp();
        StrictToken token = new StrictToken();
        payment = new SessionPayment(partsWith(token));
        account = openSession(client);
        token.approve(address(payment), 100);
        payment.deposit(account, 100);
        allot(account, operator, 100);
    }

    function test_ClosesAnAccountThatIsSpent() public {
        settle(clientDebit(account, 100), "");
        vm.prank(client);
        vm.warp(payment.requestClose(account));
        assertEq(payment.finaliseClose(account), 0, "nothing to refund");
        assertTrue(payment.accountOf(account).closed, "closed");
    }

    function test_FreezesNothingOfALaneThatEarnedNothing() public {
        vm.prank(address(challenges));
        assertEq(payment.freezeMaturing(operator), 0, "nothing");
    }
}
