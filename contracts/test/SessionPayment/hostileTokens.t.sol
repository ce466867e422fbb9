// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { SessionPayment } from "../../src/l2/SessionPayment.sol";
import { CallingToken } from "../support/HostileTokens.sol";
import { Network } from "../support/Network.sol";

contract PaymentHostileTokensTest is Network {
    CallingToken internal token;

    function setUp() public override {
        super.setUp();
        token = new CallingToken();
        payment = new SessionPayment(partsWith(token));
        token.approve(address(payment), 1_000);
    }

    /// Everything that moves money, and everything that says whose it is.
    function callsOf(uint32 account) internal view returns (bytes[] memory calls) {
        calls = new bytes[](10);
        calls[0] = abi.encodeCall(payment.deposit, (account, 1));
        calls[1] = abi.encodeCall(payment.depositWithPermit, (account, 1, 0, 0, 0, 0));
        calls[2] = abi.encodeCall(payment.withdrawUnallotted, (account, 1));
        calls[3] = abi.encodeCall(payment.finaliseClose, (account));
        calls[4] = abi.encodeCall(payment.settle, (operator, "", "", ROOT, CID, ""));
        calls[5] = abi.encodeCall(payment.raiseCredit, (operator, miner, 1));
        calls[6] = abi.encodeCall(payment.withdraw, (miner, new address[](1), miner));
        calls[7] = abi.encodeCall(payment.withdrawMatured, (miner));
        calls[8] = abi.encodeCall(payment.freezeMaturing, (operator));
        calls[9] = abi.encodeCall(payment.creditSession, (operator, account, 1, 0, ROOT));
    }

    function test_RevertWhen_TheTokenCallsBack() public {
        uint32 account = openSession(client);
        bytes[] memory calls = callsOf(account);
        for (uint256 i = 0; i < calls.length; ++i) {
            token.callInTransfers(address(payment), calls[i]);
            vm.expectRevert(abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
            payment.deposit(account, 1);
        }
        assertEq(payment.accountOf(account).depositWei, 0, "nothing moved");
    }
}
