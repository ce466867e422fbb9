// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { DisputeSteps } from "../../src/libraries/DisputeSteps.sol";
import { Draws } from "../../src/libraries/Draws.sol";
import { Refusals } from "../../src/libraries/Refusals.sol";
import { Seats } from "../../src/libraries/Seats.sol";
import { Verdicts } from "../../src/libraries/Verdicts.sol";
import { JuryNetwork } from "./JuryNetwork.sol";

/// The way through the phases; every step of the machine itself is in `vectors.t.sol`.
contract JudgingTest is JuryNetwork {
    function expiry() internal view returns (bytes memory) {
        return abi.encodeCall(juries.expire, (number));
    }

    function test_ThreeThatFindNothingWrongClear() public {
        open();
        seat();
        judge(1);
        assertEnding(DisputeSteps.Ending.Cleared, "cleared");
    }

    function test_AVerdictIsShownAsItWasCommittedTo() public {
        open();
        seat();
        address[] memory validators = dispute().validators;
        for (uint256 i = 0; i < 3; ++i) {
            commit(validators[i], Verdicts.Outcome.Failed);
        }
        bytes32 committed = dispute().commitments[0];
        bytes32 shown = Verdicts.commitmentOf(
            block.chainid, attestations, validators[0], verdictBy(validators[0], Verdicts.Outcome.Passed)
        );
        Verdicts.Verdict memory verdict = verdictBy(validators[0], Verdicts.Outcome.Passed);
        vm.prank(validators[0]);
        vm.expectRevert(abi.encodeWithSelector(DisputeSteps.CommitOther.selector, shown, committed));
        juries.reveal(number, verdict.outcome, verdict.stats, verdict.firstDiff, verdict.salt);
        reveal(validators[0], Verdicts.Outcome.Failed);
        assertEq(dispute().wrong, 1, "found wrong");
    }

    function test_RevertWhen_ItIsNoValidatorOrJuror() public {
        open();
        seat();
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(Refusals.NotYours.selector, stranger));
        juries.commit(number, keccak256("commitment"));
        judge(2);
        empanel();
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(Refusals.NotYours.selector, stranger));
        juries.vote(number, true);
        address juror = dispute().jurors[0];
        vm.prank(juror);
        juries.vote(number, true);
        vm.prank(juror);
        vm.expectRevert(abi.encodeWithSelector(Seats.Already.selector, juror));
        juries.vote(number, true);
    }

    function test_AJuryOfSevenSlashesByFive() public {
        judged(5);
        assertPhase(DisputeSteps.Phase.Judged, "judged");
        assertEq(uint8(dispute().verdict), uint8(DisputeSteps.Ending.Slashed), "slashed");
        expire();
        assertEnding(DisputeSteps.Ending.Slashed, "nobody appealed");
    }

    function test_AJuryOfSevenWithholdsByThreeOrFour() public {
        judged(3);
        assertEq(uint8(dispute().verdict), uint8(DisputeSteps.Ending.Withheld), "withheld");
    }

    function test_AJuryOfSevenClearsByTwo() public {
        judged(2);
        assertEnding(DisputeSteps.Ending.Cleared, "cleared");
    }

    function test_ASilentJurorFindsNothing() public {
        open();
        seat();
        judge(2);
        empanel();
        for (uint256 i = 0; i < 4; ++i) {
            address juror = dispute().jurors[i];
            vm.prank(juror);
            juries.vote(number, true);
        }
        expire();
        assertEq(uint8(dispute().verdict), uint8(DisputeSteps.Ending.Withheld), "four of seven don't slash");
    }

    function test_AnAppealNeverMakesItWorse() public {
        reheard();
        uint256 snapshot = vm.snapshotState();
        vote(dispute().secondJurors, 7);
        assertEnding(DisputeSteps.Ending.Slashed, "confirmed");
        vm.revertToState(snapshot);
        vote(dispute().secondJurors, 3);
        assertEnding(DisputeSteps.Ending.Withheld, "less");
        vm.revertToState(snapshot);
        vote(dispute().secondJurors, 1);
        assertEnding(DisputeSteps.Ending.Cleared, "won");
    }

    function test_OneCallEnforcesADeadlineAndGoesOn() public {
        open();
        uint256 first = dispute().deadline;
        vm.warp(first);
        pingAll();
        vm.expectRevert(abi.encodeWithSelector(Refusals.NotDue.selector, first + 1_800));
        bytes[] memory calls = new bytes[](3);
        (calls[0], calls[1], calls[2]) = (expiry(), expiry(), expiry());
        juries.multicall(calls);
        calls = new bytes[](2);
        (calls[0], calls[1]) = (expiry(), abi.encodeCall(juries.claim, (number, nodeOf(1))));
        vm.expectRevert(abi.encodeWithSelector(Draws.DrawEarly.selector, startOf(epochNow() + 2)));
        juries.multicall(calls);
        juries.expire(number);
        assertEq(dispute().tries, 1, "one try went by");
        toClaims();
        assertTrue(tryClaim(nodeOf(1)), "in the next try's epoch");
    }
}
