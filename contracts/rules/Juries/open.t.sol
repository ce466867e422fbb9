// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IEvidence } from "../../src/interfaces/IEvidence.sol";
import { IJuries } from "../../src/interfaces/IJuries.sol";
import { IRegistry } from "../../src/interfaces/IRegistry.sol";
import { Juries } from "../../src/l2/guards/Juries.sol";
import { JuryDraws } from "../../src/l2/guards/JuryDraws.sol";
import { Accusations } from "../../src/libraries/Accusations.sol";
import { DisputeSteps } from "../../src/libraries/DisputeSteps.sol";
import { Receipts } from "../../src/libraries/Receipts.sol";
import { Results } from "../../src/libraries/Results.sol";
import { Tasks } from "../../src/libraries/Tasks.sol";
import { SetBeacons } from "../support/SetBeacons.sol";
import { JuryNetwork } from "./JuryNetwork.sol";

contract OpenTest is JuryNetwork {
    function refuse(Accusations.Accusation memory shown, bytes memory error) internal {
        vm.prank(opener);
        (bool ok, bytes memory given) = address(juries).call(abi.encodeCall(juries.open, (abi.encode(shown))));
        assertTrue(!ok, "refused");
        assertEq(keccak256(given), keccak256(error), "for this reason");
        assertEq(juries.disputeCount(), 0, "nothing changed");
        assertEq(cor.balanceOf(opener), 10e18, "nothing was taken");
    }

    function test_OpensADisputeOverWhatBothSigned() public {
        Accusations.Accusation memory shown = evidence();
        bytes32 resultHash = Results.hashResult(shown.result);
        bytes32 taskId = keccak256(abi.encode(shown.receipt.taskId));
        expectEvent(address(juries));
        emit IJuries.DisputeOpened(1, taskId, miner, resultHash, opener, FEE);
        vm.prank(opener);
        assertEq(juries.open(abi.encode(shown)), 1, "numbers from 1");
        IJuries.Charge memory charge = juries.chargeOf(1);
        assertEq(charge.taskId, taskId, "the results root's id");
        assertEq(charge.resultHash, resultHash, "resultHash");
        assertEq(charge.kernelClass, CLASS, "kernelClass");
        assertEq(charge.modelId, keccak256("model"), "modelId");
        assertEq(charge.client, client, "the session's owner");
        assertEq(charge.opener, opener, "opener");
        assertEq(charge.feeWei, FEE, "feeWei");
        number = 1;
        assertPhase(DisputeSteps.Phase.Opened, "opened");
        assertEq(dispute().deadline, vm.getBlockTimestamp() + 1_800, "deadline");
        assertEq(juries.lastDisputeOf(resultHash), 1, "by its result");
        assertEq(cor.balanceOf(address(juries)), 1e18, "the bond");
    }

    function test_RevertWhen_TheResultIsInDispute() public {
        open();
        Accusations.Accusation memory shown = evidence();
        vm.prank(opener);
        vm.expectRevert(abi.encodeWithSelector(IJuries.DisputeExists.selector, 1));
        juries.open(abi.encode(shown));
    }

    function test_RevertWhen_TheResultWasCleared() public {
        open();
        Accusations.Accusation memory shown = evidence();
        seat();
        judge(0);
        assertEnding(DisputeSteps.Ending.Cleared, "cleared");
        vm.prank(opener);
        (bool ok,) = address(juries).call(abi.encodeCall(juries.open, (abi.encode(shown))));
        assertTrue(!ok, "once");
    }

    function test_OpensAgainWhenNobodyCouldBeDrawn() public {
        Accusations.Accusation memory shown = evidence();
        open();
        expire();
        expire();
        expire();
        assertEnding(DisputeSteps.Ending.Undrawn, "undrawn");
        vm.prank(opener);
        assertEq(juries.open(abi.encode(shown)), 2, "another dispute");
    }

    function test_RevertWhen_ItIsTooLate() public {
        Accusations.Accusation memory shown = evidence();
        uint256 until = shown.task.deadline + 1 days;
        vm.warp(until);
        refuse(shown, abi.encodeWithSelector(Accusations.DisputeTooLate.selector, until));
        vm.warp(until - 1);
        vm.prank(opener);
        juries.open(abi.encode(shown));
    }

    function test_RevertWhen_TheFeeIsMoreThanTheTaskAllowed() public {
        Accusations.Accusation memory shown = evidence();
        shown.receipt.feeWei = 3e18 + 1;
        signAll(shown);
        refuse(shown, abi.encodeWithSelector(Accusations.FeeAboveCap.selector, 3e18 + 1, 3e18));
    }

    function test_RevertWhen_TheReceiptIsOfAnotherTask() public {
        Accusations.Accusation memory shown = evidence();
        shown.task.seq = 2;
        bytes32 taskId = Tasks.hashTask(shown.task);
        refuse(shown, abi.encodeWithSelector(Accusations.TaskForeign.selector, taskId, shown.receipt.taskId));
    }

    function test_RevertWhen_TheReceiptIsOfAnotherAccount() public {
        Accusations.Accusation memory shown = evidence();
        shown.receipt.account = account + 1;
        signAll(shown);
        refuse(shown, abi.encodeWithSelector(Accusations.AccountForeign.selector, account, account + 1));
    }

    function test_RevertWhen_NoRouterSignedTheReceipt() public {
        Accusations.Accusation memory shown = evidence();
        shown.receiptProof = batchOf(keyOf(1), Receipts.hashReceipt(shown.receipt));
        refuse(shown, abi.encodeWithSelector(Accusations.NotRouter.selector, nodeOf(1), operator));
    }

    function test_RevertWhen_TheReceiptIsNotInTheBatch() public {
        Accusations.Accusation memory shown = evidence();
        shown.receiptProof = batchOf(keyOf(ROUTER), keccak256("another"));
        bytes32 root = shown.receiptProof.batch.root;
        refuse(shown, abi.encodeWithSelector(IRegistry.LeafAbsent.selector, root, Receipts.hashReceipt(shown.receipt)));
    }

    function test_RevertWhen_TheMinerDidNotSignTheResult() public {
        Accusations.Accusation memory shown = evidence();
        shown.resultProof = batchOf(keyOf(1), Results.hashResult(shown.result));
        refuse(shown, abi.encodeWithSelector(Accusations.MinerForeign.selector, nodeOf(1), miner));
    }

    function test_RevertWhen_TheReceiptStandsForOtherResults() public {
        Accusations.Accusation memory shown = evidence();
        shown.resultHashes[0] = keccak256("another");
        bytes32 given = keccak256(abi.encodePacked(shown.resultHashes));
        bytes32 promised = shown.receipt.resultsHash;
        refuse(shown, abi.encodeWithSelector(Accusations.ResultsForeign.selector, given, promised));
        signAll(shown);
        bytes32 resultHash = Results.hashResult(shown.result);
        bytes memory error =
            abi.encodeWithSelector(Accusations.ResultForeign.selector, resultHash, shown.resultHashes[0]);
        refuse(shown, error);
        shown.place = 1;
        refuse(shown, abi.encodeWithSelector(Accusations.ResultAbsent.selector, 1, 1));
    }

    function test_RevertWhen_TheMinerIsNobodys() public {
        Accusations.Accusation memory shown = evidence();
        uint256 key = 0xDEAD;
        shown.result.miner = vm.addr(key);
        shown.resultHashes[0] = Results.hashResult(shown.result);
        signAll(shown);
        shown.resultProof = batchOf(key, shown.resultHashes[0]);
        refuse(shown, abi.encodeWithSelector(IEvidence.MinerUnknown.selector, vm.addr(key)));
    }

    function test_CountsByTheHighestFeeThatIsShown() public {
        Accusations.Accusation memory shown = evidence();
        shown.receipt.feeWei = 1;
        signAll(shown);
        vm.prank(opener);
        number = juries.open(abi.encode(shown));
        shown.receipt.feeWei = FEE;
        signAll(shown);
        expectEvent(address(juries));
        emit IJuries.FeeAmended(1, operator, FEE);
        juries.amend(number, abi.encode(shown));
        assertEq(juries.chargeOf(number).feeWei, FEE, "what a router promised in truth");
        vm.expectRevert(abi.encodeWithSelector(IJuries.FeeNotHigher.selector, FEE, FEE));
        juries.amend(number, abi.encode(shown));
        shown.receipt.feeWei = 3e18;
        shown.result.nOut = 99;
        shown.resultHashes[0] = Results.hashResult(shown.result);
        signAll(shown);
        bytes32 disputed = juries.chargeOf(number).resultHash;
        vm.expectRevert(abi.encodeWithSelector(IJuries.ResultOther.selector, shown.resultHashes[0], disputed));
        juries.amend(number, abi.encode(shown));
    }

    function test_RevertWhen_ItIsAmendedAfterTheEnd() public {
        Accusations.Accusation memory shown = evidence();
        open();
        expire();
        expire();
        expire();
        shown.receipt.feeWei = FEE + 1;
        signAll(shown);
        vm.expectRevert(abi.encodeWithSelector(DisputeSteps.Ended.selector));
        juries.amend(number, abi.encode(shown));
    }

    function test_RevertWhen_NobodyOpenedIt() public {
        vm.expectRevert(abi.encodeWithSelector(IJuries.DisputeUnknown.selector, 9));
        juries.expire(9);
    }

    function test_RevertWhen_EpochsAreTooLong() public {
        JuryDraws.Parts memory parts = partsFor(601);
        vm.expectRevert(abi.encodeWithSelector(IJuries.EpochTooLong.selector, 601, 600));
        new Juries(parts);
    }

    function partsFor(uint64 epochSeconds) internal returns (JuryDraws.Parts memory parts) {
        parts = juryParts();
        parts.beacons = new SetBeacons(T0, epochSeconds);
    }
}
