// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IBondClaims } from "../../src/interfaces/IBondClaims.sol";
import { IRouterBond } from "../../src/interfaces/IRouterBond.sol";
import { Network } from "../support/Network.sol";
import { ClaimHandler } from "./ClaimHandler.sol";

contract BondClaimsInvariants is Network {
    ClaimHandler internal handler;

    function setUp() public override {
        super.setUp();
        handler = new ClaimHandler(ClaimHandler.Parts(cor, registry, payment, bond, bondClaims));
        cor.transfer(address(handler), 9e26);
        for (uint256 i = 0; i < handler.OPERATORS(); ++i) {
            registerNode(handler.routerKeyAt(i), handler.operatorAt(i), 1);
        }
        for (uint256 i = 0; i < handler.PAYEES(); ++i) {
            address payee = handler.payeeAt(i);
            cor.transfer(payee, 1e24);
            vm.prank(payee);
            cor.approve(address(bondClaims), type(uint256).max);
        }
        vm.prank(owner);
        bond.proposeSlasher(address(bondClaims));
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function heldOf(address operator) internal view returns (uint256) {
        IRouterBond.Bond memory held = bond.bondOf(operator);
        return uint256(held.bondWei) + held.exitingWei;
    }

    /// The handler's actions do something: else the invariants would hold of nothing.
    function test_HandlerActionsHaveEffects() public {
        handler.bondMore(0, 1e20 - 1);
        handler.bondMore(1, 5_000);
        handler.leaveBond(0, 99);
        handler.claimNote(0, 0, 999);
        handler.claimSegment(0, 0, 0, 999);
        handler.claimSegment(0, 0, 0, 999);
        handler.claimSegment(0, 1, 1, 999);
        assertEq(handler.claimCount(), 3, "claims");
        handler.answer(1, 1);
        assertEq(handler.answers(), 1, "answered");
        handler.raiseCredit(0, 1, 5);
        handler.donate(3);
        handler.wait_(30 hours - 1);
        handler.finalise(0);
        handler.finalise(2);
        assertTrue(handler.paidWei() != 0, "paid");
        handler.look();
        handler.withdraw(0, 0);
        for (uint256 i = 0; i < 6; ++i) {
            handler.wait_(30 hours - 1);
        }
        handler.withdrawBond(0);
        assertTrue(handler.leftWei(handler.operatorAt(0)) != 0, "left");
    }

    /// Each claim pays at most what it was opened on, or what the note promises that it was answered with.
    function invariant_AClaimPaysAtMostWhatWasPromised() external view {
        for (uint256 i = 0; i < handler.claimCount(); ++i) {
            bytes32 id = handler.ids(i);
            assertTrue(bondClaims.claimOf(id).paidWei <= handler.openedWei(id), "paid <= promised");
        }
    }

    /// A segment is paid by claim at most once: what stands in the claims' own lane is what its claims have paid.
    function invariant_ASegmentIsPaidByClaimAtMostOnce() external view {
        uint256[] memory segmentsWei = new uint256[](handler.PAYEES());
        for (uint256 i = 0; i < handler.claimCount(); ++i) {
            IBondClaims.Claim memory claim = bondClaims.claimOf(handler.ids(i));
            if (claim.kind != IBondClaims.Kind.Receipt) continue;
            segmentsWei[claim.payee == handler.payeeAt(0) ? 0 : 1] += claim.paidWei;
        }
        for (uint256 i = 0; i < handler.PAYEES(); ++i) {
            assertEq(creditedTo(address(bondClaims), handler.payeeAt(i)), segmentsWei[i], "credited = paid");
        }
    }

    /// A counter goes no further than the highest promise that was claimed or shown, or what was paid in.
    function invariant_ACounterGoesNoFurtherThanItsHighestPromise() external view {
        for (uint256 i = 0; i < handler.OPERATORS(); ++i) {
            for (uint256 j = 0; j < handler.PAYEES(); ++j) {
                (address operator_, address payee) = (handler.operatorAt(i), handler.payeeAt(j));
                assertTrue(creditedTo(operator_, payee) <= handler.highestWei(operator_, payee), "credited <= highest");
            }
        }
    }

    /// Nothing leaves a bond but by its operator's way out, and to claims and their penalties, which are at most as much again.
    function invariant_ABondPaysClaimsAndPenaltiesAlone() external view {
        uint256 goneWei = 0;
        for (uint256 i = 0; i < handler.OPERATORS(); ++i) {
            address operator_ = handler.operatorAt(i);
            goneWei += handler.bondedWei(operator_) - heldOf(operator_) - handler.leftWei(operator_);
        }
        assertTrue(goneWei >= handler.paidWei(), "claims were paid from bonds");
        assertTrue(goneWei <= 2 * handler.paidWei(), "penalties <= what was unpaid");
    }

    /// The contract holds the deposits of claims that aren't closed, and nothing else.
    function invariant_DepositsOfOpenClaimsAreThere() external view {
        uint256 depositsWei = 0;
        for (uint256 i = 0; i < handler.claimCount(); ++i) {
            IBondClaims.Claim memory claim = bondClaims.claimOf(handler.ids(i));
            if (!claim.closed) depositsWei += claim.depositWei;
        }
        assertEq(cor.balanceOf(address(bondClaims)), depositsWei + handler.donatedWei(), "deposits");
    }

    /// A claim goes from open to answered to closed, never back.
    function invariant_AClaimGoesOnlyForward() external {
        handler.look();
    }
}
