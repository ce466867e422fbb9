// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { INodeWeights } from "../../src/interfaces/INodeWeights.sol";
import { NodeNetwork } from "../support/NodeNetwork.sol";

contract NodeWeightsTest is NodeNetwork {
    address internal operator = address(0x0E4A);
    address internal first;
    address internal second;

    function setUp() public override {
        super.setUp();
        first = registerNode(1, operator);
        second = registerNode(2, operator);
    }

    function setWeight(address node, uint8 weight) internal {
        vm.prank(operator);
        weights.setWeight(node, weight);
    }

    function test_GivesEveryNodeOneTicketFree() public view {
        assertEq(weights.weightBefore(first, block.timestamp), 1, "one");
        assertEq(weights.extraOf(operator), 0, "of which stake carries none");
    }

    function test_CarriesTicketsByStake() public {
        stake(operator, 5e18 + 1);
        expectEvent(address(weights));
        emit INodeWeights.WeightSet(first, operator, 4);
        setWeight(first, 4);
        setWeight(second, 3);
        assertEq(weights.extraOf(operator), 5, "three and two beyond the free ones");
        assertEq(weights.carriedOf(operator), 5, "all that stake carries");
        wait(3 * EPOCH_SECONDS);
        vm.expectRevert(abi.encodeWithSelector(INodeWeights.TicketsBeyondStake.selector, 6, 5));
        setWeight(first, 5);
        setWeight(first, 2);
        setWeight(second, 5);
        assertEq(weights.extraOf(operator), 5, "moved from one to the other");
    }

    function test_HoldsFromTheNextSecondOn() public {
        stake(operator, 3e18);
        setWeight(first, 4);
        assertEq(weights.weightBefore(first, block.timestamp), 1, "draws whose candidates are fixed go by the old one");
        assertEq(weights.weightBefore(first, block.timestamp + 1), 4, "later ones by the new one");
        wait(3 * EPOCH_SECONDS - 1);
        vm.expectRevert(abi.encodeWithSelector(INodeWeights.WeightTooFresh.selector, block.timestamp + 1));
        setWeight(first, 2);
        wait(1);
        setWeight(first, 2);
        assertEq(weights.weightBefore(first, block.timestamp), 4, "until now the old one");
    }

    function test_RevertWhen_TheWeightIsRefused() public {
        vm.expectRevert(abi.encodeWithSelector(INodeWeights.NotNodeOwner.selector, stranger, operator));
        vm.prank(stranger);
        weights.setWeight(first, 2);
        vm.expectRevert(abi.encodeWithSelector(INodeWeights.NotNodeOwner.selector, stranger, address(0)));
        vm.prank(stranger);
        weights.setWeight(stranger, 2);
        vm.expectRevert(abi.encodeWithSelector(INodeWeights.WeightOutOfRange.selector, 0, 64));
        setWeight(first, 0);
        vm.expectRevert(abi.encodeWithSelector(INodeWeights.WeightOutOfRange.selector, 65, 64));
        setWeight(first, 65);
        vm.expectRevert(abi.encodeWithSelector(INodeWeights.WeightKnown.selector, first, 1));
        setWeight(first, 1);
        vm.expectRevert(abi.encodeWithSelector(INodeWeights.TicketsBeyondStake.selector, 1, 0));
        setWeight(first, 2);
    }

    function test_TrimsTicketsThatStakeNoLongerCarries() public {
        stake(operator, 3e18);
        setWeight(first, 4);
        vm.expectRevert(abi.encodeWithSelector(INodeWeights.TicketsWithinStake.selector, 3, 3));
        weights.trim(first);
        stake(operator, 2e18);
        vm.expectRevert(abi.encodeWithSelector(INodeWeights.WeightKnown.selector, second, 1));
        weights.trim(second);
        vm.prank(stranger);
        weights.trim(first);
        assertEq(weights.weightBefore(first, block.timestamp + 1), 1, "the free one is left");
        assertEq(weights.extraOf(operator), 0, "nothing to carry");
    }

    function test_LendsNoWeightToDrawsThatWereFixedBeforeItWasSet() public {
        stake(operator, 3e18);
        uint256 fixedAt = block.timestamp;
        wait(EPOCH_SECONDS);
        setWeight(first, 4);
        stake(operator, 0);
        wait(1);
        weights.trim(first);
        assertEq(weights.weightBefore(first, fixedAt), 1, "as it was");
        assertEq(weights.weightBefore(first, block.timestamp), 1, "and no more in between");
    }

    /// Whatever is set and staked: no more tickets than stake carried when they were given.
    function testFuzz_NeverGivesMoreThanStakeCarries(uint8[8] memory asked, uint96 staked) public {
        staked = uint96(bound(staked, 0, 200e18));
        stake(operator, staked);
        for (uint256 i = 0; i < asked.length; ++i) {
            wait(3 * EPOCH_SECONDS);
            vm.prank(operator);
            (bool ok,) =
                address(weights).call(abi.encodeCall(weights.setWeight, (i % 2 == 0 ? first : second, asked[i])));
            assertTrue(!ok || (asked[i] >= 1 && asked[i] <= 64), "within its range");
            assertTrue(weights.extraOf(operator) <= staked / WEI_PER_TICKET, "carried");
            uint256 sum = uint256(weights.weightBefore(first, block.timestamp + 1 days))
                + weights.weightBefore(second, block.timestamp + 1 days);
            assertEq(weights.extraOf(operator), sum - 2, "counted");
        }
    }
}
