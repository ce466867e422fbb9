// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { ISetChallenges } from "../../src/interfaces/ISetChallenges.sol";
import { BondClaims } from "../../src/l2/BondClaims.sol";
import { SessionPayment } from "../../src/l2/SessionPayment.sol";
import { SetChallenges } from "../../src/l2/SetChallenges.sol";
import { CallingToken } from "../support/HostileTokens.sol";
import { Network } from "../support/Network.sol";

/// Of which there is enough to put down.
contract PlentifulCallingToken is CallingToken {
    constructor() {
        _mint(msg.sender, 1_000e18);
    }
}

contract ChallengesGuardsTest is Network {
    PlentifulCallingToken internal token;
    ISetChallenges.Settlement internal settlement;

    function setUp() public override {
        super.setUp();
        token = new PlentifulCallingToken();
        challenges = new SetChallenges();
        payment = new SessionPayment(partsWith(token));
        bondClaims = new BondClaims(registry, payment, bond, address(challenges));
        challenges.join(payment, bondClaims);
        token.approve(address(challenges), 1_000e18);
        token.approve(address(payment), 100);
        uint32 account = openSession(client);
        payment.deposit(account, 100);
        allot(account, operator, 100);
        bytes memory debits = clientDebit(account, 10);
        settle(debits, "");
        settlement = ISetChallenges.Settlement({
            lane: operator,
            debitsHash: keccak256(debits),
            creditsHash: keccak256(""),
            settlementRoot: ROOT,
            setCid: CID,
            previousHead: 0,
            timestamp: uint64(vm.getBlockTimestamp())
        });
    }

    function callsOf(bytes32 id) internal view returns (bytes[] memory calls) {
        calls = new bytes[](4);
        calls[0] = abi.encodeCall(challenges.open, (settlement, new ISetChallenges.Link[](0), 1));
        calls[1] = abi.encodeCall(challenges.answer, (id, 1, ROOT, "", new bytes32[](0)));
        calls[2] = abi.encodeCall(challenges.answerBeyond, (id, 1, ROOT));
        calls[3] = abi.encodeCall(challenges.condemn, (id));
    }

    function test_RevertWhen_TheTokenCallsAnyFunctionInTheMiddleOfAnOpening() public {
        ISetChallenges.Link[] memory none = new ISetChallenges.Link[](0);
        bytes32 id = challenges.open(settlement, none, 0);
        bytes[] memory calls = callsOf(id);
        for (uint256 i = 0; i < calls.length; ++i) {
            token.callInTransfers(address(challenges), calls[i]);
            vm.expectRevert(abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
            challenges.open(settlement, none, 2);
        }
        assertEq(challenges.openOf(operator), 1, "nothing opened");
    }
}
