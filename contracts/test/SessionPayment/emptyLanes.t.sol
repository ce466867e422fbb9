// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { EventCounter } from "../events/EventCounter.sol";
import { Network } from "../support/Network.sol";

contract EmptyLanesTest is Network, EventCounter {
    function test_SaysNothingOfALaneThatPaysNothing() public {
        cor.approve(address(payment), 5);
        payment.raiseCredit(operator, miner, 5);
        address[] memory lanes = new address[](3);
        (lanes[0], lanes[1], lanes[2]) = (stranger, operator, operator);
        startCounting();
        vm.prank(miner);
        assertEq(payment.withdraw(miner, lanes, miner), 5, "the only credit");
        assertEq(countOf(ISessionPayment.CreditWithdrawn.selector), 1, "said once");
    }
}
