// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IBondClaims } from "../../src/interfaces/IBondClaims.sol";
import { Checkpoints } from "../../src/libraries/Checkpoints.sol";
import { Receipts } from "../../src/libraries/Receipts.sol";
import { ClaimsNetwork } from "./ClaimsNetwork.sol";

contract SegmentsTest is ClaimsNetwork {
    uint256 internal constant NODE_KEY = 0xA551;

    /// Claims segment 1 of a replica, as a receipt promises it.
    function openReplica(uint8 replica) internal returns (bytes32) {
        bytes memory payees = abi.encodePacked(worker, replica, uint16(1), uint32(0), uint32(9), uint96(100));
        Receipts.Receipt memory receipt = receiptOf(TASK, payees);
        IBondClaims.Proof memory proof = proofBy(ROUTER_KEY, Receipts.hashReceipt(receipt));
        vm.prank(worker);
        return bondClaims.openReceiptClaim(receipt, payees, 0, proof, noNote(), noPermit());
    }

    function test_PaysEachReplicaOfASegment() public {
        bytes32 first = openReplica(1);
        bytes32 second = openReplica(2);
        assertEq(first, bondClaims.segmentClaimId(operator, worker, TASK, 1, 1), "the first's own id");
        assertEq(second, bondClaims.segmentClaimId(operator, worker, TASK, 2, 1), "the second's");
        passDay();
        bondClaims.finalise(first);
        bondClaims.finalise(second);
        assertEq(creditedTo(address(bondClaims), worker), 2 * 92, "both");
    }

    function test_RevertWhen_TheOperatorsNodeThatAssignedWasNeverARouter() public {
        address node = registerNode(NODE_KEY, operator, 2);
        Checkpoints.Assignment memory assignment = assignmentOf(0, 0, 100);
        Checkpoints.Acknowledgement memory acknowledgement = acknowledgementOf(0, 32);
        IBondClaims.Proof memory assigned = proofBy(NODE_KEY, Checkpoints.hashAssignment(assignment));
        IBondClaims.Proof memory acknowledged = proofBy(ROUTER_KEY, Checkpoints.hashAcknowledgement(acknowledgement));
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NotRouter.selector, node, operator));
        vm.prank(worker);
        bondClaims.openCheckpointClaim(assignment, assigned, acknowledgement, acknowledged, noNote(), noPermit());
    }

    function test_NothingAcknowledgedCostsNothing() public view {
        Checkpoints.Assignment memory assignment = assignmentOf(0, 10, 1e15);
        assertEq(Checkpoints.acknowledgedWei(assignment, acknowledgementOf(0, 10)), 0, "where it begins");
        assertEq(Checkpoints.acknowledgedWei(assignment, acknowledgementOf(0, 9)), 0, "before");
        assertEq(Checkpoints.acknowledgedWei(assignment, acknowledgementOf(0, 11)), 1e15, "one token");
    }
}
