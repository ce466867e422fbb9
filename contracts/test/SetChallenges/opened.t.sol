// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISetChallenges } from "../../src/interfaces/ISetChallenges.sol";
import { SettledNetwork } from "./SettledNetwork.sol";

contract OpenedTest is SettledNetwork {
    ISetChallenges.Settlement internal settlement;

    function setUp() public override {
        super.setUp();
        settlement = settleAll(10);
    }

    function test_TellsWhichHeadItNoted() public {
        bytes32 head = payment.headOf(operator);
        expectEvent(address(challenges));
        emit ISetChallenges.HeadNoted(operator, head);
        assertEq(challenges.noteHead(operator), head, "head");
    }

    function test_TellsWhatIsAskedForAndShowsIt() public {
        bytes32 settlementId = idOf(settlement);
        bytes32 id = keccak256(abi.encode(settlementId, uint32(2)));
        uint256 deadline = vm.getBlockTimestamp() + 1 hours;
        expectEvent(address(challenges));
        emit ISetChallenges.ChallengeOpened(id, operator, settlementId, 2, deadline);
        assertEq(open(settlement, 2), id, "id");
        ISetChallenges.Challenge memory shown = challenges.challengeOf(id);
        assertTrue(shown.state == ISetChallenges.State.Open, "open");
        assertEq(shown.lane, operator, "lane");
        assertEq(shown.challenger, stranger, "challenger");
        assertEq(shown.deadline, deadline, "deadline");
        assertEq(shown.index, 2, "index");
        assertEq(shown.settlementId, settlementId, "settlement");
        assertEq(shown.settlementRoot, settlement.settlementRoot, "root");
    }

    function test_RevertWhen_TheFirstChunkBeyondAKnownEndIsAskedFor() public {
        bytes32 beyond = open(settlement, CHUNKS + 1);
        challenges.answerBeyond(beyond, CHUNKS, SET);
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.IndexBeyond.selector, CHUNKS, CHUNKS));
        open(settlement, CHUNKS);
        open(settlement, CHUNKS - 1);
        assertEq(challenges.openOf(operator), 1, "the last chunk");
    }
}
