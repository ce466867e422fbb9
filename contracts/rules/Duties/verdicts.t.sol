// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IDuties } from "../../src/interfaces/IDuties.sol";
import { DutyNetwork } from "./DutyNetwork.sol";

contract DutyVerdictsTest is DutyNetwork {
    function setUp() public override {
        super.setUp();
        commit(7, 1);
    }

    function test_TakesACommitmentToVerdictsWhileTheEpochAfterRuns() public {
        vm.warp(T0 + 8 * EPOCH_SECONDS - 1);
        vm.expectRevert(abi.encodeWithSelector(IDuties.VerdictsOutOfTime.selector, 7, 7));
        commitVerdicts(7, 1);
        vm.warp(T0 + 8 * EPOCH_SECONDS);
        expectEvent(address(duties));
        emit IDuties.VerdictsCommitted(7, guardOf(1), verdictsOf(7, 1));
        commitVerdicts(7, 1);
        assertEq(duties.roundOf(7, guardOf(1)).verdicts, verdictsOf(7, 1), "kept");
        vm.expectRevert(abi.encodeWithSelector(IDuties.VerdictsCommittedAlready.selector, 7, guardOf(1)));
        commitVerdicts(7, 1);
    }

    function test_RevertWhen_ItIsTooLateForVerdicts() public {
        vm.warp(T0 + 9 * EPOCH_SECONDS - 1);
        commitVerdicts(7, 1);
        vm.warp(T0 + 9 * EPOCH_SECONDS);
        vm.expectRevert(abi.encodeWithSelector(IDuties.VerdictsOutOfTime.selector, 7, 9));
        commitVerdicts(7, 1);
    }

    function test_RevertWhen_TheCommitmentIsZeroOrTheCallerHasNoSecret() public {
        warpToEpoch(8);
        vm.expectRevert(abi.encodeWithSelector(IDuties.CommitmentZero.selector));
        vm.prank(guardOf(1));
        duties.commitVerdicts(7, 0);
        vm.expectRevert(abi.encodeWithSelector(IDuties.NotCommitted.selector, 7, guardOf(2)));
        commitVerdicts(7, 2);
    }

    function test_ShowsWhatItCommittedTo() public {
        warpToEpoch(8);
        commitVerdicts(7, 1);
        warpToEpoch(9);
        expectEvent(address(duties));
        emit IDuties.DutiesShown(7, guardOf(1), secretOf(7, 1), CID, OUTCOMES);
        showWith(7, 1, CID, OUTCOMES);
    }

    function test_RevertWhen_ItShowsAnotherDocumentOrOtherOutcomes() public {
        commit(7, 2);
        warpToEpoch(8);
        bytes32 commitment = verdictsOf(7, 1);
        commitVerdicts(7, 1);
        warpToEpoch(9);
        bytes32 other = keccak256(
            abi.encodePacked("duty-verdicts-v1", block.chainid, uint64(7), guardOf(1), CID, hex"1121")
        );
        vm.expectRevert(abi.encodeWithSelector(IDuties.VerdictsForeign.selector, other, commitment));
        showWith(7, 1, CID, hex"1121");
        vm.expectRevert(abi.encodeWithSelector(IDuties.VerdictsForeign.selector, bytes32(0), commitment));
        show(7, 1);
        bytes32 uncommitted = verdictsOf(7, 2);
        vm.expectRevert(abi.encodeWithSelector(IDuties.VerdictsForeign.selector, uncommitted, bytes32(0)));
        showWith(7, 2, CID, OUTCOMES);
        show(7, 2);
    }

    function test_RevertWhen_OutcomesAreTooMany() public {
        warpToEpoch(9);
        vm.expectRevert(abi.encodeWithSelector(IDuties.OutcomesTooMany.selector, 4_097, 4_096));
        showWith(7, 1, CID, new bytes(4_097));
    }
}
