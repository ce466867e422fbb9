// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IBondClaims } from "../../src/interfaces/IBondClaims.sol";
import { CreditNotes } from "../../src/libraries/CreditNotes.sol";
import { ClaimsNetwork } from "./ClaimsNetwork.sol";

contract AnswerTest is ClaimsNetwork {
    uint96 internal constant DEPOSIT = 1e18;
    /// 92 % of 100 wei.
    uint96 internal constant NET = 92;

    function answerWith(bytes32 id, IBondClaims.SignedNote memory signed, CreditNotes.PaidSegment memory paid)
        internal
    {
        vm.prank(stranger);
        bondClaims.answer(id, signed, paid, noPath());
    }

    function raiseTo(uint96 cumulativeWei) internal {
        cor.approve(address(payment), cumulativeWei);
        payment.raiseCredit(operator, worker, cumulativeWei);
    }

    /* WHAT AN ANSWER DOES */

    function test_TurnsTheClaimIntoOneOnTheNoteWithTheSameDeadline() public {
        bytes32 id = openReceipt(0, 100, noNote());
        uint256 finaliseAt = bondClaims.claimOf(id).finaliseAt;
        vm.warp(finaliseAt - 1);
        CreditNotes.PaidSegment memory paid = paidSegment(0, NET);
        IBondClaims.SignedNote memory signed = noteOver(500, paid);
        expectEvent(address(bondClaims));
        emit IBondClaims.ClaimAnswered(id, signed.note, paid, signed.proof);
        answerWith(id, signed, paid);
        vm.warp(finaliseAt);
        assertEq(bondClaims.finalise(id), 500, "all that the note promises");
        assertEq(creditedTo(operator, worker), 500, "in the operator's lane");
        assertEq(creditedTo(address(bondClaims), worker), 0, "and nowhere else");
        assertEq(cor.balanceOf(address(bondClaims)), 0, "the deposit went back to who was right");
        assertEq(cor.balanceOf(operator), 0, "the operator has nothing of it");
    }

    function test_GivesTheOperatorTheDepositWhenItsNoteIsPaidWithoutTheBond() public {
        bytes32 id = openReceipt(0, 100, noNote());
        CreditNotes.PaidSegment memory paid = paidSegment(0, NET);
        answerWith(id, noteOver(500, paid), paid);
        raiseTo(500);
        passDay();
        uint256 heldWei = cor.balanceOf(worker);
        assertEq(bondClaims.finalise(id), 0, "nothing from the bond");
        assertEq(cor.balanceOf(operator), DEPOSIT, "deposit");
        assertEq(cor.balanceOf(worker), heldWei, "the claimant has lost it");
        assertEq(bondHeld(), BOND, "bond");
    }

    function test_TakesTheNoteThatTheClaimantHeldItself() public {
        CreditNotes.PaidSegment memory paid = paidSegment(0, NET);
        IBondClaims.SignedNote memory held = noteOver(300, paid);
        raiseTo(300);
        bytes32 id = openReceipt(0, 100, held);
        answerWith(id, held, paid);
        passDay();
        assertEq(bondClaims.finalise(id), 0, "it was paid all along");
        assertEq(cor.balanceOf(operator), DEPOSIT, "deposit");
    }

    function test_TakesASegmentThatPaysMoreThanIsClaimed() public {
        bytes32 id = openReceipt(0, 100, noNote());
        CreditNotes.PaidSegment memory paid = paidSegment(0, NET + 1);
        answerWith(id, noteOver(NET + 1, paid), paid);
        assertTrue(bondClaims.claimOf(id).answered, "answered");
    }

    /* WHAT IS NO ANSWER */

    function test_RevertWhen_ItComesTooLate() public {
        bytes32 id = openReceipt(0, 100, noNote());
        CreditNotes.PaidSegment memory paid = paidSegment(0, NET);
        IBondClaims.SignedNote memory signed = noteOver(500, paid);
        uint256 finaliseAt = bondClaims.claimOf(id).finaliseAt;
        vm.warp(finaliseAt);
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.AnswerTooLate.selector, finaliseAt));
        answerWith(id, signed, paid);
    }

    function test_RevertWhen_TheClaimIsOnANoteOrAnsweredOrUnknown() public {
        CreditNotes.PaidSegment memory paid = paidSegment(0, NET);
        IBondClaims.SignedNote memory signed = noteOver(500, paid);
        bytes32 onNote = openNote(signedNote(10));
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NotAnswerable.selector, onNote));
        answerWith(onNote, signed, paid);
        bytes32 id = openReceipt(0, 100, noNote());
        answerWith(id, signed, paid);
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NotAnswerable.selector, id));
        answerWith(id, signed, paid);
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NotAnswerable.selector, bytes32("none")));
        answerWith(bytes32("none"), signed, paid);
    }

    function test_RevertWhen_TheNoteIsAnothersOrNoRouterSignedIt() public {
        bytes32 id = openReceipt(0, 100, noNote());
        CreditNotes.PaidSegment memory paid = paidSegment(0, NET);
        CreditNotes.CreditNote memory note = noteOf(500, leafOf(paid));
        IBondClaims.SignedNote memory forged =
            IBondClaims.SignedNote(note, proofBy(MINER_KEY, CreditNotes.hashNote(note)));
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NotRouter.selector, worker, operator));
        answerWith(id, forged, paid);
        note.payee = stranger;
        IBondClaims.SignedNote memory foreign = signNote(note);
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NoteForeign.selector, operator, stranger));
        answerWith(id, foreign, paid);
    }

    function test_RevertWhen_AnotherSegmentIsShown() public {
        bytes32 id = openReceipt(0, 100, noNote());
        CreditNotes.PaidSegment memory paid = paidSegment(1, NET);
        IBondClaims.SignedNote memory signed = noteOver(500, paid);
        bytes32 shown = bondClaims.segmentClaimId(operator, worker, TASK, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.SegmentForeign.selector, id, shown));
        answerWith(id, signed, paid);
    }

    function test_RevertWhen_TheSegmentIsNotUnderTheNoteOrPaysLess() public {
        bytes32 id = openReceipt(0, 100, noNote());
        CreditNotes.PaidSegment memory paid = paidSegment(0, NET);
        IBondClaims.SignedNote memory signed = signedNote(500);
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.SegmentAbsent.selector, signed.note.receiptsRoot));
        answerWith(id, signed, paid);
        CreditNotes.PaidSegment memory less = paidSegment(0, NET - 1);
        signed = noteOver(500, less);
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.SegmentTooLow.selector, NET - 1, NET));
        answerWith(id, signed, less);
    }

    /// An older note, or one made up for the answer, goes no further than what the payee was promised without the segment.
    function testFuzz_RevertWhen_TheNoteGoesNoFurtherThanTheOneHeldAndTheSegment(uint96 cumulativeWei) public {
        cumulativeWei = uint96(bound(cumulativeWei, 0, 300 + NET - 1));
        bytes32 id = openReceipt(0, 100, signedNote(300));
        CreditNotes.PaidSegment memory paid = paidSegment(0, NET);
        IBondClaims.SignedNote memory signed = noteOver(cumulativeWei, paid);
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NoteTooLow.selector, cumulativeWei, 300 + NET));
        answerWith(id, signed, paid);
        answerWith(id, noteOver(300 + NET, paid), paid);
    }

    /// Else one wei of promise would answer for every segment.
    function test_RevertWhen_OnePromiseIsToAnswerForTwoSegments() public {
        IBondClaims.SignedNote memory held = signedNote(300);
        bytes32 first = openReceipt(0, 100, held);
        bytes32 second = openReceipt(1, 100, held);
        CreditNotes.PaidSegment memory one = paidSegment(0, NET);
        CreditNotes.PaidSegment memory other = paidSegment(1, NET);
        answerWith(first, noteOver(300 + NET, one), one);
        IBondClaims.SignedNote memory low = noteOver(300 + NET, other);
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NoteTooLow.selector, 300 + NET, 300 + 2 * NET));
        answerWith(second, low, other);
        answerWith(second, noteOver(300 + 2 * NET, other), other);
        passDay();
        bondClaims.finalise(first);
        bondClaims.finalise(second);
        assertEq(creditedTo(operator, worker), 300 + 2 * NET, "both segments");
    }

    function test_RevertWhen_TheNoteHeldIsAnothers() public {
        CreditNotes.CreditNote memory note = noteOf(300, 0);
        note.payee = stranger;
        IBondClaims.SignedNote memory foreign = signNote(note);
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NoteForeign.selector, operator, stranger));
        openReceipt(0, 100, foreign);
    }

    /* BOTH WAYS */

    /// The operator's own loss, and no more than the segment: it could have answered, and knows from the event.
    function test_ANoteThatComesAfterTheClaimWasPaidPaysTheSegmentAgain() public {
        uint32 account = fundedSession(1_000);
        bytes32 id = openReceipt(0, 100, noNote());
        passDay();
        bondClaims.finalise(id);
        settle(clientDebit(account, 100), credit(worker, NET));
        assertEq(creditedTo(operator, worker) + creditedTo(address(bondClaims), worker), 2 * NET, "twice");
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.ClaimExists.selector, id));
        openReceipt(0, 100, noNote());
    }
}
