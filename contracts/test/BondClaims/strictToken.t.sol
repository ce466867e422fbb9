// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { BondClaims } from "../../src/l2/BondClaims.sol";
import { RouterBond } from "../../src/l2/RouterBond.sol";
import { SessionPayment } from "../../src/l2/SessionPayment.sol";
import { StrictToken } from "../tokens/StrictToken.sol";
import { ClaimsNetwork } from "./ClaimsNetwork.sol";

contract ClaimsStrictTokenTest is ClaimsNetwork {
    StrictToken internal token;

    function setUp() public override {
        super.setUp();
        token = new StrictToken();
        payment = new SessionPayment(partsWith(token));
        bond = new RouterBond(token, owner);
        bondClaims = new BondClaims(registry, payment, bond, address(challenges));
        vm.prank(owner);
        bond.proposeSlasher(address(bondClaims));
        token.approve(address(bond), 500);
        bond.deposit(operator, 500);
    }

    function test_GivesNoDepositBackWhereNoneWasPutDown() public {
        bytes32 id = openNote(signedNote(100));
        passDay();
        assertEq(bondClaims.finalise(id), 100, "paid");
        assertEq(bondHeld(), 300, "and punished");
        assertTrue(bondClaims.claimOf(id).closed, "closed");
    }

    function test_TakesNoPenaltyFromABondThatIsSpent() public {
        bytes32 id = openNote(signedNote(500));
        passDay();
        assertEq(bondClaims.finalise(id), 500, "all there is");
        assertTrue(bondClaims.claimOf(id).closed, "closed");
        vm.prank(address(challenges));
        assertEq(bondClaims.slashWithheld(operator, stranger), 0, "nor for a withheld set");
    }
}
