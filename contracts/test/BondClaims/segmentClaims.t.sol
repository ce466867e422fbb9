// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ERC20Burnable } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IBondClaims } from "../../src/interfaces/IBondClaims.sol";
import { BondClaims } from "../../src/l2/BondClaims.sol";
import { SessionPayment } from "../../src/l2/SessionPayment.sol";
import { Checkpoints } from "../../src/libraries/Checkpoints.sol";
import { Receipts } from "../../src/libraries/Receipts.sol";
import { Splits } from "../../src/libraries/Splits.sol";
import { ClaimsNetwork } from "./ClaimsNetwork.sol";

/// Keeps one wei of each transfer.
contract ShortToken is ERC20Burnable {
    constructor() ERC20("Short", "SHORT") {
        _mint(msg.sender, 1_000e18);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from != address(0) && to != address(0)) super._update(to, address(0), 1);
    }
}

contract SegmentClaimsTest is ClaimsNetwork {
    uint96 internal constant DEPOSIT = 1e18;

    /* RECEIPTS */

    function testFuzz_PaysAReceiptNetOfItsSplits(uint96 amountWei, uint8 kind) public {
        amountWei = uint96(bound(amountWei, 2, BOND / 2));
        Splits.Shares memory shares = Splits.sharesOf(kind & 1 != 0, kind & 2 != 0);
        bytes memory payees = bytes.concat(packPayee(stranger, 0, 7), packPayee(worker, 1, amountWei));
        Receipts.Receipt memory receipt = receiptOf(TASK, payees);
        receipt.splitsHash = Splits.hashShares(shares);
        IBondClaims.Proof memory proof = proofBy(ROUTER_KEY, Receipts.hashReceipt(receipt));
        uint256 netWei = uint256(amountWei) * shares.minersBps / 10_000;
        bytes32 expected = bondClaims.segmentClaimId(operator, worker, TASK, 0, 1);
        expectEvent(address(bondClaims));
        emit IBondClaims.ClaimOpened(
            expected, operator, worker, IBondClaims.Kind.Receipt, netWei, vm.getBlockTimestamp() + 24 hours, TASK, 0, 1
        );
        vm.prank(worker);
        bytes32 id = bondClaims.openReceiptClaim(receipt, payees, 1, proof, noNote(), noPermit());
        assertEq(id, expected, "one id for each segment");
        assertEq(cor.balanceOf(address(bondClaims)), DEPOSIT, "deposit");
        passDay();
        assertEq(bondClaims.finalise(id), netWei, "paid");
        assertEq(creditedTo(address(bondClaims), worker), netWei, "in the lane of the claims");
        assertEq(creditedTo(operator, worker), 0, "not in the operator's");
        assertEq(cor.balanceOf(address(bondClaims)), 0, "the deposit went back");
    }

    function test_RevertWhen_TheListOfPayeesIsAnother() public {
        bytes memory payees = packPayee(worker, 0, 10);
        Receipts.Receipt memory receipt = receiptOf(TASK, payees);
        IBondClaims.Proof memory proof = proofBy(ROUTER_KEY, Receipts.hashReceipt(receipt));
        bytes memory more = packPayee(worker, 0, 11);
        vm.expectRevert(abi.encodeWithSelector(Receipts.PayeesForeign.selector, keccak256(more), keccak256(payees)));
        vm.prank(worker);
        bondClaims.openReceiptClaim(receipt, more, 0, proof, noNote(), noPermit());
        vm.expectRevert(abi.encodeWithSelector(Receipts.PayeeAbsent.selector, 1, 1));
        vm.prank(worker);
        bondClaims.openReceiptClaim(receipt, payees, 1, proof, noNote(), noPermit());
    }

    function test_RevertWhen_NobodyKnowsTheSplits() public {
        bytes memory payees = packPayee(worker, 0, 10);
        Receipts.Receipt memory receipt = receiptOf(TASK, payees);
        receipt.splitsHash = keccak256("all mine");
        IBondClaims.Proof memory proof = proofBy(ROUTER_KEY, Receipts.hashReceipt(receipt));
        vm.expectRevert(abi.encodeWithSelector(Splits.SplitsUnknown.selector, receipt.splitsHash));
        vm.prank(worker);
        bondClaims.openReceiptClaim(receipt, payees, 0, proof, noNote(), noPermit());
    }

    function test_RevertWhen_TheSegmentPaysNothing() public {
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NothingOwed.selector, 0, 0));
        openReceipt(0, 0, noNote());
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NothingOwed.selector, 0, 0));
        openReceipt(0, 1, noNote());
    }

    function test_RevertWhen_SomebodyElseClaimsIt() public {
        bytes memory payees = packPayee(worker, 0, 10);
        Receipts.Receipt memory receipt = receiptOf(TASK, payees);
        IBondClaims.Proof memory proof = proofBy(ROUTER_KEY, Receipts.hashReceipt(receipt));
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NotPayee.selector, stranger, worker));
        vm.prank(stranger);
        bondClaims.openReceiptClaim(receipt, payees, 0, proof, noNote(), noPermit());
    }

    function test_RevertWhen_TheReceiptIsSignedByAnybodyElse() public {
        bytes memory payees = packPayee(worker, 0, 10);
        Receipts.Receipt memory receipt = receiptOf(TASK, payees);
        IBondClaims.Proof memory proof = proofBy(MINER_KEY, Receipts.hashReceipt(receipt));
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NotRouter.selector, worker, operator));
        vm.prank(worker);
        bondClaims.openReceiptClaim(receipt, payees, 0, proof, noNote(), noPermit());
    }

    function test_RevertWhen_ASegmentIsClaimedASecondTimeInAnyWay() public {
        bytes32 id = openReceipt(0, 100, noNote());
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.ClaimExists.selector, id));
        openReceipt(0, 200, noNote());
        passDay();
        bondClaims.finalise(id);
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.ClaimExists.selector, id));
        openReceipt(0, 100, noNote());
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.ClaimExists.selector, id));
        openCheckpoint(assignmentOf(0, 0, 5), acknowledgementOf(0, 32));
    }

    function test_AddsUpTheSegmentsOfOnePayee() public {
        bytes32 first = openReceipt(0, 100, noNote());
        bytes32 second = openReceipt(1, 50, noNote());
        passDay();
        bondClaims.finalise(first);
        bondClaims.finalise(second);
        assertEq(creditedTo(address(bondClaims), worker), 92 + 46, "both");
    }

    function test_PaysThePartThatABondHoldsAndTheRestLater() public {
        bytes32 id = openReceipt(0, 2 * BOND, noNote());
        uint256 dueWei = uint256(2 * BOND) * 92 / 100;
        passDay();
        assertEq(bondClaims.finalise(id), BOND, "all there is");
        cor.approve(address(bond), BOND);
        bond.deposit(operator, BOND);
        assertEq(bondClaims.finalise(id), dueWei - BOND, "the rest");
        assertEq(creditedTo(address(bondClaims), worker), dueWei, "credited");
        assertEq(bondHeld(), 0, "what was left went to the penalty");
    }

    /* DEPOSIT */

    function test_RevertWhen_TheDepositIsNotThere() public {
        vm.prank(worker);
        cor.approve(address(bondClaims), DEPOSIT - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientAllowance.selector, address(bondClaims), DEPOSIT - 1, DEPOSIT
            )
        );
        openReceipt(0, 100, noNote());
    }

    function test_RevertWhen_TheTokenKeepsAFee() public {
        ShortToken token = new ShortToken();
        payment = new SessionPayment(partsWith(token));
        bondClaims = new BondClaims(registry, payment, bond, address(challenges));
        token.transfer(worker, 10e18);
        vm.prank(worker);
        token.approve(address(bondClaims), 10e18);
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.ReceivedOther.selector, DEPOSIT - 1, DEPOSIT));
        openReceipt(0, 100, noNote());
    }

    /* CHECKPOINTS */

    function testFuzz_PaysTheAcknowledgedTokensAtThePriceAssigned(uint32 from, uint32 position, uint96 price) public {
        from = uint32(bound(from, 0, 1_000));
        position = uint32(bound(position, uint256(from) + 1, 10_000));
        price = uint96(bound(price, 2, 1e16));
        bytes32 id = openCheckpoint(assignmentOf(0, from, price), acknowledgementOf(0, position));
        uint256 netWei = uint256(position - from) * price * 7_800 / 10_000;
        passDay();
        assertEq(bondClaims.finalise(id), netWei, "net of the splits that leave miners least");
        assertEq(creditedTo(address(bondClaims), worker), netWei, "credited");
    }

    function test_LeavesOutWhatASuccessorHadToFeedAgain() public {
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NothingOwed.selector, 0, 0));
        openCheckpoint(assignmentOf(1, 64, 100), acknowledgementOf(1, 64 + 31));
        bytes32 id = openCheckpoint(assignmentOf(1, 64, 100), acknowledgementOf(1, 64 + 32));
        assertEq(bondClaims.claimOf(id).dueWei, 78, "one token");
    }

    function test_RevertWhen_TheAcknowledgementIsOfAnotherSegment() public {
        Checkpoints.Assignment memory assignment = assignmentOf(0, 0, 100);
        Checkpoints.Acknowledgement memory acknowledgement = acknowledgementOf(1, 32);
        vm.expectRevert(
            abi.encodeWithSelector(
                Checkpoints.AcknowledgementForeign.selector,
                keccak256(abi.encode(TASK, worker, 0, 0)),
                keccak256(abi.encode(TASK, worker, 0, 1))
            )
        );
        openCheckpoint(assignment, acknowledgement);
    }

    function test_RevertWhen_OneHalfIsSignedByAnotherOperatorsRouter() public {
        address foreign = registerNode(0xBAD, stranger, 1);
        Checkpoints.Assignment memory assignment = assignmentOf(0, 0, 100);
        Checkpoints.Acknowledgement memory acknowledgement = acknowledgementOf(0, 32);
        IBondClaims.Proof memory assigned = proofBy(ROUTER_KEY, Checkpoints.hashAssignment(assignment));
        IBondClaims.Proof memory acknowledged = proofBy(0xBAD, Checkpoints.hashAcknowledgement(acknowledgement));
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NotRouter.selector, foreign, operator));
        vm.prank(worker);
        bondClaims.openCheckpointClaim(assignment, assigned, acknowledgement, acknowledged, noNote(), noPermit());
    }

    function test_RevertWhen_TheAssignmentIsSignedByNobodysRouter() public {
        Checkpoints.Assignment memory assignment = assignmentOf(0, 0, 100);
        Checkpoints.Acknowledgement memory acknowledgement = acknowledgementOf(0, 32);
        IBondClaims.Proof memory assigned = proofBy(MINER_KEY, Checkpoints.hashAssignment(assignment));
        IBondClaims.Proof memory acknowledged = proofBy(MINER_KEY, Checkpoints.hashAcknowledgement(acknowledgement));
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NotRouter.selector, worker, address(0)));
        vm.prank(worker);
        bondClaims.openCheckpointClaim(assignment, assigned, acknowledgement, acknowledged, noNote(), noPermit());
    }

    function test_RevertWhen_AnAcknowledgedSegmentIsWorthMoreThanCoinsCanBeCounted() public {
        uint256 netWei = uint256(type(uint32).max) * type(uint96).max * 7_800 / 10_000;
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 96, netWei));
        openCheckpoint(assignmentOf(0, 0, type(uint96).max), acknowledgementOf(0, type(uint32).max));
    }
}
