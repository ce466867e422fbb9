// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Assertions } from "../../test/support/Assertions.sol";
import { PayHandler } from "./PayHandler.sol";

contract DutyPayInvariants is Assertions {
    PayHandler internal handler;

    function setUp() public {
        handler = new PayHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](5);
        selectors[0] = handler.credit_.selector;
        selectors[1] = handler.attest.selector;
        selectors[2] = handler.collect.selector;
        selectors[3] = handler.claim.selector;
        selectors[4] = handler.forge.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector({ addr: address(handler), selectors: selectors });
    }

    /// The handler's actions do something: else the invariants would hold of nothing.
    function test_HandlerActionsHaveEffects() public {
        handler.credit_(100);
        handler.attest(60, 30);
        handler.claim(0, true);
        handler.collect();
        handler.claim(0, true);
        handler.claim(0, false);
        handler.forge(0, 1);
        assertEq(handler.claimedWei(), 90, "claimed");
        assertEq(handler.refusals(), 2, "refused while empty, and forged");
    }

    /// What came in is still there or was paid, and never more than settlements credited.
    function invariant_MoneyIsConserved() external view {
        assertEq(handler.collectedWei(), handler.heldWei() + handler.claimedWei(), "collected = held + claimed");
        assertTrue(handler.collectedWei() <= handler.creditedWei(), "collected <= credited");
    }

    /// Each validator's owner has what it was paid, and that is at most what guards attested.
    function invariant_EachDutyIsPaidAtMostOnce() external view {
        (uint256 annsWei, uint256 bensWei) = handler.paidWei();
        (uint256 annsHeldWei, uint256 bensHeldWei) = handler.receivedWei();
        assertEq(annsWei, annsHeldWei, "its owner has it");
        assertEq(bensWei, bensHeldWei, "its owner has it");
        assertTrue(annsWei <= handler.earnedWei(0) && bensWei <= handler.earnedWei(1), "paid <= earned");
        assertEq(annsWei + bensWei, handler.claimedWei(), "each claim counts once");
    }
}
