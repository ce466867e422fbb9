// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IBondClaims } from "../../src/interfaces/IBondClaims.sol";
import { Receipts } from "../../src/libraries/Receipts.sol";
import { ClaimsNetwork } from "../BondClaims/ClaimsNetwork.sol";

/// Who is owed money has it with everybody else silent: at most three transactions, at most 24 hours and a block.
/// Between its transactions only time passes.
contract ForcePathsTest is ClaimsNetwork {
    uint256 internal constant BLOCK_SECONDS = 12;

    address[] internal lanes;

    function test_AClientLeavesWithAllThatItDidNotSpend() public {
        uint32 account = fundedSession(100);
        settle(clientDebit(account, 30), "");
        uint256 start = vm.getBlockTimestamp();

        vm.prank(client);
        payment.requestClose(account);
        vm.warp(start + 24 hours);
        vm.prank(client);
        payment.finaliseClose(account);

        assertEq(cor.balanceOf(client), 70, "paid");
        assertTrue(vm.getBlockTimestamp() <= start + 24 hours + BLOCK_SECONDS, "in time");
    }

    function test_AMinerHasWhatItsCreditNotePromises() public {
        IBondClaims.SignedNote memory signed = signedNote(10e18);
        uint256 heldWei = cor.balanceOf(worker);
        lanes.push(operator);
        uint256 start = vm.getBlockTimestamp();

        vm.prank(worker);
        bytes32 id = bondClaims.openNoteClaim(signed);
        vm.warp(start + 24 hours);
        vm.prank(worker);
        bondClaims.finalise(id);
        vm.prank(worker);
        payment.withdraw(worker, lanes, worker);

        assertTrue(cor.balanceOf(worker) - heldWei >= 10e18, "paid, and its share of the penalty");
        assertTrue(vm.getBlockTimestamp() <= start + 24 hours + BLOCK_SECONDS, "in time");
    }

    /// Without any note, and without an allowance given beforehand: the permit comes with the claim.
    function test_APayeeHasWhatOneReceiptPromises() public {
        vm.prank(worker);
        cor.approve(address(bondClaims), 0);
        bytes memory payees = packPayee(worker, 0, 10e18);
        Receipts.Receipt memory receipt = receiptOf(TASK, payees);
        IBondClaims.Proof memory proof = proofBy(ROUTER_KEY, Receipts.hashReceipt(receipt));
        IBondClaims.Permit memory permit = signPermit(1e18);
        uint256 heldWei = cor.balanceOf(worker);
        lanes.push(address(bondClaims));
        uint256 start = vm.getBlockTimestamp();

        vm.prank(worker);
        bytes32 id = bondClaims.openReceiptClaim(receipt, payees, 0, proof, noNote(), permit);
        vm.warp(start + 24 hours);
        vm.prank(worker);
        bondClaims.finalise(id);
        vm.prank(worker);
        payment.withdraw(worker, lanes, worker);

        assertTrue(cor.balanceOf(worker) - heldWei >= 9.2e18, "paid, with its deposit back");
        assertTrue(vm.getBlockTimestamp() <= start + 24 hours + BLOCK_SECONDS, "in time");
    }

    function test_AMinerHasWhatWasAcknowledgedWithoutAReceipt() public {
        uint256 heldWei = cor.balanceOf(worker);
        lanes.push(address(bondClaims));
        uint256 start = vm.getBlockTimestamp();

        bytes32 id = openCheckpoint(assignmentOf(0, 0, 1e17), acknowledgementOf(0, 100));
        vm.warp(start + 24 hours);
        vm.prank(worker);
        bondClaims.finalise(id);
        vm.prank(worker);
        payment.withdraw(worker, lanes, worker);

        assertTrue(cor.balanceOf(worker) - heldWei >= 7.8e18, "paid, with its deposit back");
        assertTrue(vm.getBlockTimestamp() <= start + 24 hours + BLOCK_SECONDS, "in time");
    }

    function signPermit(uint256 amountWei) internal view returns (IBondClaims.Permit memory permit) {
        permit.deadline = vm.getBlockTimestamp();
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 structHash = keccak256(
            abi.encode(typeHash, worker, address(bondClaims), amountWei, cor.nonces(worker), permit.deadline)
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", cor.DOMAIN_SEPARATOR(), structHash));
        (permit.v, permit.r, permit.s) = vm.sign(MINER_KEY, digest);
    }
}
