// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { IBondClaims } from "../../src/interfaces/IBondClaims.sol";
import { BondClaims } from "../../src/l2/BondClaims.sol";
import { RouterBond } from "../../src/l2/RouterBond.sol";
import { SessionPayment } from "../../src/l2/SessionPayment.sol";
import { Checkpoints } from "../../src/libraries/Checkpoints.sol";
import { CreditNotes } from "../../src/libraries/CreditNotes.sol";
import { Receipts } from "../../src/libraries/Receipts.sol";
import { CallingToken } from "../support/HostileTokens.sol";
import { ClaimsNetwork } from "./ClaimsNetwork.sol";

contract ClaimsHostileTokensTest is ClaimsNetwork {
    CallingToken internal token;

    function setUp() public override {
        super.setUp();
        token = new CallingToken();
        payment = new SessionPayment(partsWith(token));
        bond = new RouterBond(token, owner);
        bondClaims = new BondClaims(registry, payment, bond, address(challenges));
        vm.prank(owner);
        bond.proposeSlasher(address(bondClaims));
        token.approve(address(bond), 500);
        bond.deposit(operator, 500);
    }

    function callsOf(bytes32 id) internal view returns (bytes[] memory calls) {
        IBondClaims.SignedNote memory note = signedNote(200);
        IBondClaims.Proof memory proof;
        Receipts.Receipt memory receipt;
        Checkpoints.Assignment memory assignment;
        Checkpoints.Acknowledgement memory acknowledgement;
        CreditNotes.PaidSegment memory paid;
        calls = new bytes[](6);
        calls[0] = abi.encodeCall(bondClaims.openNoteClaim, (note));
        calls[1] = abi.encodeCall(bondClaims.openReceiptClaim, (receipt, "", 0, proof, note, noPermit()));
        calls[2] = abi.encodeCall(
            bondClaims.openCheckpointClaim, (assignment, proof, acknowledgement, proof, note, noPermit())
        );
        calls[3] = abi.encodeCall(bondClaims.answer, (id, note, paid, noPath()));
        calls[4] = abi.encodeCall(bondClaims.finalise, (id));
        calls[5] = abi.encodeCall(bondClaims.slashWithheld, (operator, stranger));
    }

    function test_RevertWhen_TheTokenCallsBack() public {
        bytes32 id = openNote(signedNote(100));
        passDay();
        bytes[] memory calls = callsOf(id);
        for (uint256 i = 0; i < calls.length; ++i) {
            token.callInTransfers(address(bondClaims), calls[i]);
            vm.expectRevert(abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
            bondClaims.finalise(id);
        }
        assertEq(bondHeld(), 500, "nothing moved");
    }
}
