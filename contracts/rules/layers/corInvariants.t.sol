// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Assertions } from "../../test/support/Assertions.sol";
import { CorHandler } from "./CorHandler.sol";

contract CorLayersInvariants is Assertions {
    CorHandler internal handler;

    function setUp() public {
        handler = new CorHandler();
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
        selectors[0] = handler.lock_.selector;
        selectors[1] = handler.withdraw_.selector;
        selectors[2] = handler.burn_.selector;
        selectors[3] = handler.carryDown_.selector;
        selectors[4] = handler.carryUp_.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector({ addr: address(handler), selectors: selectors });
    }

    /// The handler's actions do something: else the invariants would hold of nothing.
    function test_HandlerActionsHaveEffects() public {
        handler.lock_(100);
        handler.lock_(50);
        (uint256 downWei,) = handler.underwayWei();
        assertEq(downWei, 152, "on its way down");
        handler.carryDown_(1);
        handler.carryDown_(1);
        handler.withdraw_(20);
        handler.burn_(3);
        (, uint256 upWei) = handler.underwayWei();
        assertEq(upWei, 21, "on its way up");
        handler.carryUp_(0);
        (uint256 countedWei,, uint256 mintedWei) = handler.lockedWei();
        assertEq(countedWei, 131, "locked");
        assertEq(mintedWei, 26, "51 less what went up and what was burned");
        assertEq(handler.carried(), 3, "carried");
    }

    function invariant_SumOverLayersIsConstant() external view {
        assertEq(handler.sumWei(), handler.supplyWei(), "sum over layers, ways and what was burned");
    }

    function invariant_NoMoreIsMintedThanIsLocked() external view {
        (uint256 countedWei, uint256 heldWei, uint256 mintedWei) = handler.lockedWei();
        assertEq(countedWei, heldWei, "counted = held");
        assertTrue(mintedWei <= countedWei, "minted <= locked");
    }
}
