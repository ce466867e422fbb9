// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IBondClaims } from "../../src/interfaces/IBondClaims.sol";
import { Batches } from "../../src/libraries/Batches.sol";
import { Checkpoints } from "../../src/libraries/Checkpoints.sol";
import { CreditNotes } from "../../src/libraries/CreditNotes.sol";
import { Receipts } from "../../src/libraries/Receipts.sol";
import { Splits } from "../../src/libraries/Splits.sol";
import { Network } from "../support/Network.sol";

/// A network with a bonded operator, its router, and a miner whom it owes; and makers of what they sign.
abstract contract ClaimsNetwork is Network {
    uint256 internal constant MINER_KEY = 0x314159;
    uint96 internal constant BOND = 1_000e18;
    bytes32 internal constant TASK = keccak256("task");

    address internal worker = vm.addr(MINER_KEY);
    address internal router;

    function setUp() public virtual override {
        super.setUp();
        router = registerNode(ROUTER_KEY, operator, 1);
        vm.prank(owner);
        bond.proposeSlasher(address(bondClaims));
        cor.approve(address(bond), BOND);
        bond.deposit(operator, BOND);
        cor.transfer(worker, 100e18);
        vm.prank(worker);
        cor.approve(address(bondClaims), type(uint256).max);
    }

    /* WHAT ROUTERS SIGN */

    /// A batch of one leaf.
    function proofBy(uint256 key, bytes32 structHash) internal view returns (IBondClaims.Proof memory proof) {
        proof.batch = Batches.Batch({ root: keccak256(abi.encode(structHash)), count: 1, sequence: 1 });
        proof.signature = signTyped(key, address(registry), Batches.hashBatch(proof.batch));
    }

    function noteOf(uint96 cumulativeWei, bytes32 receiptsRoot) internal view returns (CreditNotes.CreditNote memory) {
        return CreditNotes.CreditNote({
            operator: operator,
            payee: worker,
            cumulativeWei: cumulativeWei,
            receiptsRoot: receiptsRoot,
            count: 1,
            epoch: 3
        });
    }

    function signNote(CreditNotes.CreditNote memory note) internal view returns (IBondClaims.SignedNote memory) {
        return IBondClaims.SignedNote(note, proofBy(ROUTER_KEY, CreditNotes.hashNote(note)));
    }

    function signedNote(uint96 cumulativeWei) internal view returns (IBondClaims.SignedNote memory) {
        return signNote(noteOf(cumulativeWei, keccak256("segments")));
    }

    /// A note whose only segment is this one.
    function noteOver(uint96 cumulativeWei, CreditNotes.PaidSegment memory paid)
        internal
        view
        returns (IBondClaims.SignedNote memory)
    {
        return signNote(noteOf(cumulativeWei, leafOf(paid)));
    }

    function leafOf(CreditNotes.PaidSegment memory paid) internal pure returns (bytes32) {
        return keccak256(abi.encode(CreditNotes.hashSegment(paid)));
    }

    function noNote() internal pure returns (IBondClaims.SignedNote memory signed) { }

    function noPermit() internal pure returns (IBondClaims.Permit memory permit) { }

    function noPath() internal pure returns (bytes32[] memory) {
        return new bytes32[](0);
    }

    function packPayee(address payee, uint16 segment, uint96 amountWei) internal pure returns (bytes memory) {
        return abi.encodePacked(payee, uint8(0), segment, uint32(0), uint32(9), amountWei);
    }

    function receiptOf(bytes32 taskId, bytes memory payees) internal view returns (Receipts.Receipt memory receipt) {
        receipt.taskId = taskId;
        receipt.account = 1;
        receipt.operator = operator;
        receipt.payeesHash = keccak256(payees);
        receipt.splitsHash = Splits.hashShares(Splits.sharesOf(false, false));
    }

    /// A segment of the task that pays `netWei`.
    function paidSegment(uint16 segment, uint96 netWei) internal pure returns (CreditNotes.PaidSegment memory) {
        return CreditNotes.PaidSegment(TASK, 0, segment, netWei);
    }

    /* CLAIMS */

    function openNote(IBondClaims.SignedNote memory signed) internal returns (bytes32) {
        vm.prank(worker);
        return bondClaims.openNoteClaim(signed);
    }

    /// Claims segment `segment` of a receipt that pays `amountWei` for it before the splits.
    function openReceipt(uint16 segment, uint96 amountWei, IBondClaims.SignedNote memory baseline)
        internal
        returns (bytes32)
    {
        bytes memory payees = packPayee(worker, segment, amountWei);
        Receipts.Receipt memory receipt = receiptOf(TASK, payees);
        IBondClaims.Proof memory proof = proofBy(ROUTER_KEY, Receipts.hashReceipt(receipt));
        vm.prank(worker);
        return bondClaims.openReceiptClaim(receipt, payees, 0, proof, baseline, noPermit());
    }

    function assignmentOf(uint16 segment, uint32 from, uint96 weiPerTokenOut)
        internal
        view
        returns (Checkpoints.Assignment memory assignment)
    {
        assignment.taskId = TASK;
        assignment.miner = worker;
        assignment.segment = segment;
        assignment.from = from;
        assignment.weiPerTokenOut = weiPerTokenOut;
    }

    function acknowledgementOf(uint16 segment, uint32 position)
        internal
        view
        returns (Checkpoints.Acknowledgement memory acknowledgement)
    {
        acknowledgement.taskId = TASK;
        acknowledgement.miner = worker;
        acknowledgement.segment = segment;
        acknowledgement.position = position;
    }

    function openCheckpoint(
        Checkpoints.Assignment memory assignment,
        Checkpoints.Acknowledgement memory acknowledgement
    ) internal returns (bytes32) {
        IBondClaims.Proof memory assigned = proofBy(ROUTER_KEY, Checkpoints.hashAssignment(assignment));
        IBondClaims.Proof memory acknowledged = proofBy(ROUTER_KEY, Checkpoints.hashAcknowledgement(acknowledgement));
        vm.prank(worker);
        return bondClaims.openCheckpointClaim(assignment, assigned, acknowledgement, acknowledged, noNote(), noPermit());
    }

    function passDay() internal {
        vm.warp(vm.getBlockTimestamp() + 24 hours);
    }

    function bondHeld() internal view returns (uint256) {
        return uint256(bond.bondOf(operator).bondWei) + bond.bondOf(operator).exitingWei;
    }
}
