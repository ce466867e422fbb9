// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IRates } from "../../src/interfaces/IRates.sol";
import { Rates } from "../../src/l2/Rates.sol";
import { Assertions } from "../support/Assertions.sol";

/// The cheat code that expects an event of a contract that isn't there yet.
interface AnyEmitter {
    function expectEmit() external;
}

contract RatesEdgesTest is Assertions {
    uint256 internal constant POSTED_AT = 2_000_000;

    address internal owner = address(0x0123);
    address internal poster = address(0x9057);
    Rates internal rates;

    function setUp() public {
        vm.warp(POSTED_AT);
        rates = new Rates(owner, poster);
        post(100);
    }

    function post(uint256 weiPerToken) internal {
        vm.prank(poster);
        rates.post(weiPerToken, "source");
    }

    function test_NamesItsFirstPoster() public {
        AnyEmitter(address(vm)).expectEmit();
        emit IRates.PosterNamed(poster);
        rates = new Rates(owner, poster);
        assertEq(rates.poster(), poster, "poster");
    }

    function test_FallsByAWholeFifth() public {
        vm.warp(POSTED_AT + 1 hours);
        vm.expectRevert(abi.encodeWithSelector(IRates.RateChangeTooLarge.selector, 79, 80, 120));
        post(79);
        post(80);
        assertEq(rates.rate(), 80, "in force");
    }

    function test_RisesByAWholeFifth() public {
        vm.warp(POSTED_AT + 1 hours);
        vm.expectRevert(abi.encodeWithSelector(IRates.RateChangeTooLarge.selector, 121, 80, 120));
        post(121);
        post(120);
        assertEq(rates.rate(), 120, "in force");
    }

    function test_CountsInTheLastSecondOfItsDay() public {
        vm.warp(POSTED_AT + 1 days);
        assertEq(rates.rate(), 100, "in force");
        vm.warp(POSTED_AT + 1 days + 1);
        vm.expectRevert(abi.encodeWithSelector(IRates.RateStale.selector, POSTED_AT, 1 days));
        rates.rate();
    }
}
