// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { EventCounter } from "../events/EventCounter.sol";
import { Network } from "../support/Network.sol";

contract LoweringTest is Network, EventCounter {
    uint32 internal account;
    uint256 internal at;

    function setUp() public override {
        super.setUp();
        account = fundedSession(100);
        at = vm.getBlockTimestamp() + 24 hours;
        allot(account, operator, 40);
    }

    function test_ShowsWhatWaits() public view {
        ISessionPayment.Lowering memory lowering = payment.loweringOf(account, operator);
        assertEq(lowering.toWei, 40, "amount");
        assertEq(lowering.at, at, "time");
    }

    function test_EmitsTheAllotmentOnceItIsLower() public {
        vm.warp(at);
        expectEvent(address(payment));
        emit ISessionPayment.AllotmentChanged(account, operator, 40);
        payment.applyAllotment(account, operator);
    }

    function test_ChangesAndEmitsNothingWhereAllIsSpent() public {
        settle(clientDebit(account, 100), "");
        vm.warp(at);
        startCounting();
        payment.applyAllotment(account, operator);
        assertEq(countOf(ISessionPayment.AllotmentChanged.selector), 0, "no change");
        assertEq(payment.laneOf(account, operator).allotmentWei, 100, "as it was");
    }
}
