// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Assertions } from "../../test/support/Assertions.sol";
import { OnboardingHandler } from "./OnboardingHandler.sol";

contract OnboardingInvariantsTest is Assertions {
    OnboardingHandler internal handler;

    function setUp() public {
        handler = new OnboardingHandler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](5);
        selectors[0] = handler.order_.selector;
        selectors[1] = handler.take_.selector;
        selectors[2] = handler.carry_.selector;
        selectors[3] = handler.open_.selector;
        selectors[4] = handler.release_.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector({ addr: address(handler), selectors: selectors });
    }

    /// The handler's actions do something: else the invariants would hold of nothing.
    function test_HandlerActionsHaveEffects() public {
        for (uint256 place = 0; place < 3; ++place) {
            handler.order_(place, 5 ether, true);
            handler.order_(place, 5 ether, false);
        }
        for (uint256 index = 0; index < 6; ++index) {
            handler.take_(index, 0.5 ether);
        }
        // Before them the L1 sent twice: coins for the L2, and for the chain beside.
        for (uint256 index = 0; index < 4; ++index) {
            handler.carry_(false, index);
            if (index < 2) handler.carry_(true, index);
        }
        for (uint256 index = 0; index < 6; ++index) {
            handler.open_(index);
        }
        assertEq(handler.opened(), 3, "one on each chain");
        assertEq(handler.paidOut(), 2, "and one that can't be");
        uint256 refused = handler.refused();
        handler.open_(0);
        assertEq(handler.refused(), refused + 1, "what is done is refused");
        handler.release_(0, false);
        assertEq(handler.released(), 1, "and gives up what came late to anybody who asks, for its owner");
        assertEq(handler.sumWei(), handler.supplyWei(), "each coin is in one place");
    }

    function invariant_CorIsConstant() public view {
        assertEq(handler.sumWei(), handler.supplyWei(), "each coin is in one place");
    }

    function invariant_SessionsAreBackedAndTheirOwners() public view {
        assertEq(handler.unbackedWei(), 0, "what sessions say they hold is there");
        assertTrue(handler.isOwnersAll(), "each is its owner's");
    }

    function invariant_NothingStaysOnTheWay() public view {
        assertEq(handler.strayWei(), 0, "tills and onboarding hold nothing");
    }

    function invariant_AnOrderIsDoneOnce() public view {
        assertTrue(handler.opened() + handler.paidOut() <= handler.orderCount(), "once");
    }
}
