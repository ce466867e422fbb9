// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IBondClaims } from "../../src/interfaces/IBondClaims.sol";
import { Offences } from "../../src/libraries/Offences.sol";
import { ClaimsNetwork } from "./ClaimsNetwork.sol";

contract ClaimEventsTest is ClaimsNetwork {
    function expectPenalty(Offences.Offence offence, uint256 finderWei, uint256 harmedWei, uint256 burnedWei) internal {
        expectEvent(address(bondClaims));
        emit Offences.PenaltyDistributed(offence, worker, worker, finderWei, harmedWei, burnedWei);
    }

    function test_TellsOfAClaimOnANoteWhichIsOfNoSegment() public {
        bytes32 id = bondClaims.noteClaimId(operator, worker, 10);
        uint256 finaliseAt = vm.getBlockTimestamp() + 24 hours;
        IBondClaims.SignedNote memory signed = signedNote(10);
        expectEvent(address(bondClaims));
        emit IBondClaims.ClaimOpened(id, operator, worker, IBondClaims.Kind.Note, 10, finaliseAt, 0, 0, 0);
        openNote(signed);
    }

    function test_CallsAnUnpaidReceiptOrNoteByItsName() public {
        bytes32 onReceipt = openReceipt(0, 100, noNote());
        bytes32 onNote = openNote(signedNote(100));
        passDay();
        expectPenalty(Offences.Offence.ReceiptUnpaid, 18, 27, 47);
        bondClaims.finalise(onReceipt);
        expectPenalty(Offences.Offence.ReceiptUnpaid, 20, 30, 50);
        bondClaims.finalise(onNote);
    }

    function test_CallsAnUnpaidCheckpointByItsName() public {
        bytes32 id = openCheckpoint(assignmentOf(0, 0, 100), acknowledgementOf(0, 32));
        passDay();
        expectPenalty(Offences.Offence.CheckpointUnpaid, 499, 748, 1_249);
        assertEq(bondClaims.finalise(id), 2_496, "32 tokens, net");
    }

    function test_NamesNobodyWhomAWithheldSetHarmed() public {
        expectEvent(address(bondClaims));
        emit Offences.PenaltyDistributed(
            Offences.Offence.SetWithheld, stranger, address(0), BOND / 50, 0, BOND / 10 - BOND / 50
        );
        vm.prank(address(challenges));
        bondClaims.slashWithheld(operator, stranger);
    }
}
