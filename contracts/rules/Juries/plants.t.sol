// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IDuties } from "../../src/interfaces/IDuties.sol";
import { IEvidence } from "../../src/interfaces/IEvidence.sol";
import { IJuries } from "../../src/interfaces/IJuries.sol";
import { Accusations } from "../../src/libraries/Accusations.sol";
import { DisputeSteps } from "../../src/libraries/DisputeSteps.sol";
import { Receipts } from "../../src/libraries/Receipts.sol";
import { Results } from "../../src/libraries/Results.sol";
import { Tasks } from "../../src/libraries/Tasks.sol";
import { JuryNetwork } from "./JuryNetwork.sol";

/// Disputes over what the miner's owner planted in a session of its own.
contract PlantsTest is JuryNetwork {
    bytes32 internal constant SALT = keccak256("salt");

    address internal planter = ownerOfNode(0);
    uint32 internal ownAccount;

    function setUp() public override {
        super.setUp();
        vm.prank(planter);
        (ownAccount,) = sessions.create(someParams());
    }

    /// Task and result as `encodePlantProof` has them, and how many tokens there are.
    function proofOf(Accusations.Accusation memory shown) internal pure returns (bytes memory) {
        Tasks.Task memory task = shown.task;
        Results.Result memory result = shown.result;
        return bytes.concat(
            abi.encodePacked(task.account, task.session, task.seq, task.modelId, task.promptCommit, task.paramsHash),
            abi.encodePacked(task.maxIn, task.maxOut, task.feeCapWei, task.deadline, task.userNonce),
            abi.encodePacked(task.privacy, task.redundancy),
            abi.encodePacked(result.taskId, result.miner, result.tokenRoot, result.fpRoot, result.recipeHash),
            abi.encodePacked(result.outCommit, result.nIn, result.finish, result.kernelClass),
            abi.encodePacked(result.tFirstMs, result.tTotalMs, uint16(result.nOut))
        );
    }

    /// The miner's result of a task that its owner asked for.
    function ownEvidence() internal view returns (Accusations.Accusation memory shown) {
        shown = evidence();
        shown.task.account = ownAccount;
        shown.task.session = sessions.sidOf(ownAccount);
        shown.receipt.account = ownAccount;
        rename(shown);
    }

    /// After its task was changed.
    function rename(Accusations.Accusation memory shown) internal view {
        shown.result.taskId = Tasks.hashTask(shown.task);
        shown.receipt.taskId = shown.result.taskId;
        shown.resultHashes[0] = Results.hashResult(shown.result);
        signAll(shown);
    }

    function plant(address by) internal {
        duties.plant(keccak256(abi.encodePacked("plant-v2", by, SALT)));
        wait(EPOCH_SECONDS);
    }

    function openPlant(address by, bytes memory proof) internal {
        wait(2 * EPOCH_SECONDS);
        vm.prank(by);
        duties.openPlant(SALT, proof);
    }

    function accuse(Accusations.Accusation memory shown) internal {
        vm.prank(opener);
        number = juries.open(abi.encode(shown));
    }

    function refuse(Accusations.Accusation memory shown) internal {
        vm.prank(opener);
        vm.expectRevert(abi.encodeWithSelector(IEvidence.Planted.selector, shown.resultHashes[0]));
        juries.open(abi.encode(shown));
    }

    function test_RevertWhen_TheResultWasPlanted() public {
        plant(planter);
        Accusations.Accusation memory shown = ownEvidence();
        bytes32 resultHash = shown.resultHashes[0];
        wait(2 * EPOCH_SECONDS);
        expectEvent(address(duties));
        emit IDuties.ResultPlanted(resultHash, planter);
        vm.prank(planter);
        duties.openPlant(SALT, proofOf(shown));
        assertTrue(duties.isPlanted(resultHash), "planted");
        refuse(shown);
        assertEq(cor.balanceOf(opener), 10e18, "nothing was taken");
    }

    function test_DismissesADisputeThatWasOpenedBefore() public {
        plant(planter);
        Accusations.Accusation memory shown = ownEvidence();
        accuse(shown);
        vm.expectRevert(abi.encodeWithSelector(IEvidence.NotPlanted.selector, shown.resultHashes[0]));
        juries.dismiss(number);
        seat();
        judge(2);
        empanel();
        vote(dispute().jurors, 7);
        assertTrue(juries.isFrozen(miner), "a jury found it wrong");
        openPlant(planter, proofOf(shown));
        expectEvent(address(juries));
        emit IJuries.DisputeEnded(
            number, juries.chargeOf(number).taskId, shown.resultHashes[0], DisputeSteps.Ending.Planted, false
        );
        juries.dismiss(number);
        assertEnding(DisputeSteps.Ending.Planted, "planted");
        assertTrue(!juries.isFrozen(miner), "thawed");
        assertEq(cor.balanceOf(opener), 10e18, "what was put down");
        vm.expectRevert(abi.encodeWithSelector(IJuries.NotSlashed.selector, number));
        juries.execute(number);
        refuse(shown);
    }

    function test_GivesAnAppellantItsBondBack() public {
        plant(planter);
        Accusations.Accusation memory shown = ownEvidence();
        accuse(shown);
        seat();
        judge(2);
        empanel();
        vote(dispute().jurors, 7);
        uint256 held = cor.balanceOf(address(this));
        appeal();
        openPlant(planter, proofOf(shown));
        juries.dismiss(number);
        assertEq(cor.balanceOf(address(this)), held, "the appellant's");
        assertEq(cor.balanceOf(opener), 10e18, "the opener's");
        assertEq(cor.balanceOf(address(juries)), 0, "keeps nothing");
    }

    function test_RevertWhen_ADeadlineIsDue() public {
        plant(planter);
        Accusations.Accusation memory shown = ownEvidence();
        accuse(shown);
        openPlant(planter, proofOf(shown));
        uint256 deadline = dispute().deadline;
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSignature("DeadlineDue(uint256)", deadline));
        juries.dismiss(number);
        juries.expire(number);
        juries.dismiss(number);
        assertEnding(DisputeSteps.Ending.Planted, "planted");
    }

    function test_DisputesWhatWasPlantedAmongAnothersTasks() public {
        plant(planter);
        Accusations.Accusation memory shown = evidence();
        openPlant(planter, proofOf(shown));
        assertTrue(duties.isPlanted(shown.resultHashes[0]), "opened");
        accuse(shown);
        assertPhase(DisputeSteps.Phase.Opened, "a client was harmed");
        vm.expectRevert(abi.encodeWithSelector(IEvidence.NotPlanted.selector, shown.resultHashes[0]));
        juries.dismiss(number);
    }

    function test_DisputesOneOfSeveralCopies() public {
        plant(planter);
        Accusations.Accusation memory shown = ownEvidence();
        shown.task.redundancy = 3;
        rename(shown);
        openPlant(planter, proofOf(shown));
        accuse(shown);
        assertPhase(DisputeSteps.Phase.Opened, "copies are asked for by who needs them");
    }

    function test_DisputesWhatAReceiptSaysWasACustomers() public {
        plant(planter);
        Accusations.Accusation memory shown = ownEvidence();
        accuse(shown);
        openPlant(planter, proofOf(shown));
        shown.receipt.custody = 2;
        shown.receipt.feeWei = FEE + 1;
        signAll(shown);
        juries.amend(number, abi.encode(shown));
        vm.expectRevert(abi.encodeWithSelector(IEvidence.NotPlanted.selector, shown.resultHashes[0]));
        juries.dismiss(number);
    }

    function test_DisputesAgainWhatWasDismissedByAnotherReceipt() public {
        plant(planter);
        Accusations.Accusation memory shown = ownEvidence();
        accuse(shown);
        openPlant(planter, proofOf(shown));
        juries.dismiss(number);
        shown.receipt.custody = 2;
        signAll(shown);
        accuse(shown);
        assertEq(number, 2, "another dispute");
    }

    function test_DisputesWhatAnotherSaysItPlanted() public {
        plant(address(0xBAD));
        Accusations.Accusation memory shown = ownEvidence();
        openPlant(address(0xBAD), proofOf(shown));
        assertTrue(!duties.isPlanted(shown.resultHashes[0]), "not its miner");
        accuse(shown);
    }

    function test_DisputesWhatWasCommittedToTooLate() public {
        Accusations.Accusation memory shown = ownEvidence();
        vm.warp(shown.task.deadline);
        plant(planter);
        openPlant(planter, proofOf(shown));
        assertTrue(!duties.isPlanted(shown.resultHashes[0]), "others may have found it by then");
        accuse(shown);
    }

    function test_DisputesWhatIsShownOtherwise() public {
        plant(planter);
        Accusations.Accusation memory shown = ownEvidence();
        Accusations.Accusation memory other = ownEvidence();
        other.task.seq = 2;
        openPlant(planter, proofOf(other));
        assertTrue(!duties.isPlanted(shown.resultHashes[0]), "not of its task");
        assertTrue(!duties.isPlanted(0), "nothing");
        accuse(shown);
    }
}
