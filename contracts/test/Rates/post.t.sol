// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { IRates } from "../../src/interfaces/IRates.sol";
import { Rates } from "../../src/l2/Rates.sol";
import { Assertions } from "../support/Assertions.sol";

contract RatesTest is Assertions {
    uint256 internal constant POSTED_AT = 2_000_000;
    uint256 internal constant FIRST = 1e14;
    bytes32 internal constant SOURCE = "two exchanges, one hour's median";

    address internal owner = address(0x0123);
    address internal poster = address(0x9057);
    address internal stranger = address(0x57A4);
    Rates internal rates;

    function setUp() public {
        vm.warp(POSTED_AT);
        rates = new Rates(owner, poster);
    }

    function post(uint256 weiPerToken) internal {
        vm.prank(poster);
        rates.post(weiPerToken, SOURCE);
    }

    function expectLatest(uint256 weiPerToken, uint256 postedAt, bool fresh) internal view {
        (IRates.Rate memory last, bool isFresh) = rates.latest();
        assertEq(last.weiPerToken, weiPerToken, "rate");
        assertEq(last.postedAt, postedAt, "time");
        assertTrue(isFresh == fresh, "in force");
    }

    /* POSTING */

    function test_TakesAFirstRateWithItsSource() public {
        expectEvent(address(rates));
        emit IRates.RatePosted(FIRST, SOURCE, POSTED_AT);
        post(FIRST);
        assertEq(rates.rate(), FIRST, "in force");
        expectLatest(FIRST, POSTED_AT, true);
        (IRates.Rate memory last,) = rates.latest();
        assertEq(last.source, SOURCE, "source");
    }

    function test_RevertWhen_TheCallerIsNotThePoster() public {
        vm.expectRevert(abi.encodeWithSelector(IRates.NotPoster.selector, owner, poster));
        vm.prank(owner);
        rates.post(FIRST, SOURCE);
    }

    function test_RevertWhen_TheSourceIsEmpty() public {
        vm.expectRevert(abi.encodeWithSelector(IRates.SourceEmpty.selector));
        vm.prank(poster);
        rates.post(FIRST, "");
    }

    function test_RevertWhen_TheRateIsOutOfRange() public {
        vm.expectRevert(abi.encodeWithSelector(IRates.RateOutOfRange.selector, 0, 1, 1e24));
        post(0);
        vm.expectRevert(abi.encodeWithSelector(IRates.RateOutOfRange.selector, 1e24 + 1, 1, 1e24));
        post(1e24 + 1);
        post(1e24);
        expectLatest(1e24, POSTED_AT, true);
    }

    function test_RevertWhen_TheIntervalHasNotPassed() public {
        post(FIRST);
        vm.warp(POSTED_AT + 1 hours - 1);
        vm.expectRevert(abi.encodeWithSelector(IRates.PostTooEarly.selector, POSTED_AT + 1 hours));
        post(FIRST);
        vm.warp(POSTED_AT + 1 hours);
        post(FIRST);
        expectLatest(FIRST, POSTED_AT + 1 hours, true);
    }

    function testFuzz_MovesByAFifthAtMost(uint256 first, uint256 second) public {
        first = bound(first, 1, 1e24);
        second = bound(second, 1, 1e24);
        post(first);
        vm.warp(POSTED_AT + 1 hours);
        uint256 change = (first + 4) / 5;
        bool isWithin = second >= first - change && second <= first + change;
        if (!isWithin) {
            vm.expectRevert(
                abi.encodeWithSelector(IRates.RateChangeTooLarge.selector, second, first - change, first + change)
            );
        }
        post(second);
        expectLatest(isWithin ? second : first, isWithin ? POSTED_AT + 1 hours : POSTED_AT, true);
    }

    function testFuzz_TakesEveryRateWithinAFifth(uint256 first, uint256 share, bool isUp) public {
        first = bound(first, 1, 1e23);
        post(first);
        vm.warp(POSTED_AT + 1 hours);
        uint256 change = bound(share, 0, first / 5);
        uint256 second = isUp ? first + change : first - change;
        post(second);
        assertEq(rates.rate(), second, "in force");
    }

    function test_MovesByOneWeiWhereAFifthIsLess() public {
        post(1);
        vm.warp(POSTED_AT + 1 hours);
        vm.expectRevert(abi.encodeWithSelector(IRates.RateChangeTooLarge.selector, 3, 0, 2));
        post(3);
        post(2);
        assertEq(rates.rate(), 2, "in force");
    }

    /* AGE */

    function test_RevertWhen_NothingWasPosted() public {
        vm.expectRevert(abi.encodeWithSelector(IRates.RateMissing.selector));
        rates.rate();
        expectLatest(0, 0, false);
    }

    /// Nothing is not a rate of the first second.
    function test_NothingIsInForceBeforeTheFirstPostHoweverYoungTheChain() public {
        vm.warp(100);
        expectLatest(0, 0, false);
        vm.expectRevert(abi.encodeWithSelector(IRates.RateMissing.selector));
        rates.rate();
    }

    function testFuzz_CountsForADay(uint256 ageSeconds) public {
        ageSeconds = bound(ageSeconds, 0, 3 days);
        post(FIRST);
        vm.warp(POSTED_AT + ageSeconds);
        bool isFresh = ageSeconds <= 1 days;
        expectLatest(FIRST, POSTED_AT, isFresh);
        if (!isFresh) vm.expectRevert(abi.encodeWithSelector(IRates.RateStale.selector, POSTED_AT, 1 days));
        rates.rate();
    }

    function test_BoundsAChangeAlsoAfterItWentStale() public {
        post(FIRST);
        vm.warp(POSTED_AT + 30 days);
        vm.expectRevert(
            abi.encodeWithSelector(IRates.RateChangeTooLarge.selector, 2 * FIRST, FIRST - FIRST / 5, FIRST + FIRST / 5)
        );
        post(2 * FIRST);
        post(FIRST);
        assertEq(rates.rate(), FIRST, "in force again");
    }

    /* OWNER */

    function test_AnotherPosterReplacesTheFirst() public {
        expectEvent(address(rates));
        emit IRates.PosterNamed(stranger);
        vm.prank(owner);
        rates.namePoster(stranger);
        vm.expectRevert(abi.encodeWithSelector(IRates.NotPoster.selector, poster, stranger));
        post(FIRST);
        vm.prank(stranger);
        rates.post(FIRST, SOURCE);
        assertEq(rates.rate(), FIRST, "in force");
    }

    function test_RevertWhen_AStrangerNamesThePoster() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        rates.namePoster(stranger);
    }
}
