// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { Network } from "../support/Network.sol";

contract CloseLoweringTest is Network {
    function test_ForgetsALoweringThatWasOnItsWay() public {
        uint32 account = fundedSession(100);
        vm.prank(client);
        payment.setAllotment(account, operator, 40);
        vm.prank(client);
        payment.requestClose(account);
        vm.warp(vm.getBlockTimestamp() + 24 hours);
        assertEq(payment.finaliseClose(account), 100, "all of it");
        assertEq(payment.loweringOf(account, operator).at, 0, "no lowering is left");
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.NothingLowering.selector, account, operator));
        payment.applyAllotment(account, operator);
    }
}
