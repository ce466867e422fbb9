// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IJuries } from "../../src/interfaces/IJuries.sol";
import { Accusations } from "../../src/libraries/Accusations.sol";
import { DisputeSteps } from "../../src/libraries/DisputeSteps.sol";
import { Draws } from "../../src/libraries/Draws.sol";
import { JuryNetwork } from "./JuryNetwork.sol";

contract DrawsTest is JuryNetwork {
    function refuseClaim(address node, bytes memory error) internal {
        (bool ok, bytes memory given) = address(juries).call(abi.encodeCall(juries.claim, (number, node)));
        assertTrue(!ok, "refused");
        assertEq(keccak256(given), keccak256(error), "for this reason");
    }

    function refuseNode(address node) internal {
        refuseClaim(node, abi.encodeWithSelector(IJuries.NotEligible.selector, node));
    }

    function isIn(address[] memory nodes, address node) internal pure returns (bool) {
        for (uint256 i = 0; i < nodes.length; ++i) {
            if (nodes[i] == node) return true;
        }
        return false;
    }

    function test_SeatsTheThreeLowestTickets() public {
        open();
        uint256 epoch = (dispute().at - T0) / EPOCH_SECONDS + 2;
        seat();
        bytes32 taskId = juries.chargeOf(number).taskId;
        bytes32 beacon = beacons.beaconOf(uint64(epoch));
        uint256 highest = 0;
        for (uint256 i = 0; i < 3; ++i) {
            uint256 ticket = Draws.lowestTicket(3, beacon, taskId, dispute().validators[i], 2);
            assertTrue(ticket >= highest, "in order");
            highest = ticket;
        }
        for (uint256 i = 1; i <= JUDGES; ++i) {
            if (isIn(dispute().validators, nodeOf(i))) continue;
            assertTrue(Draws.lowestTicket(3, beacon, taskId, nodeOf(i), 2) > highest, "nobody lower was left out");
        }
    }

    function test_TheJuryIsTheThreeAndTheLowestTicketsOfTheBeacon() public {
        open();
        seat();
        judge(2);
        uint256 epoch = (dispute().at - T0) / EPOCH_SECONDS + 2;
        empanel();
        address[] memory jurors = dispute().jurors;
        assertEq(jurors.length, 7, "seven");
        for (uint256 i = 0; i < 3; ++i) {
            assertTrue(isIn(dispute().validators, jurors[i]), "who made it again comes first");
        }
        bytes32 taskId = juries.chargeOf(number).taskId;
        bytes32 beacon = beacons.beaconOf(uint64(epoch));
        uint256 highest = 0;
        for (uint256 i = 3; i < 7; ++i) {
            uint256 ticket = uint256(keccak256(abi.encodePacked("jury-v1", beacon, taskId, jurors[i])));
            assertTrue(ticket > highest, "in order");
            highest = ticket;
        }
        for (uint256 i = 1; i <= JUDGES; ++i) {
            if (isIn(jurors, nodeOf(i))) continue;
            uint256 ticket = uint256(keccak256(abi.encodePacked("jury-v1", beacon, taskId, nodeOf(i))));
            assertTrue(ticket > highest, "nobody lower was left out");
        }
    }

    function test_TheSecondJuryHasNoneOfTheFirst() public {
        reheard();
        address[] memory second = dispute().secondJurors;
        assertEq(second.length, 7, "seven others");
        for (uint256 i = 0; i < second.length; ++i) {
            assertTrue(!isIn(dispute().jurors, second[i]), "none of the first");
        }
    }

    function test_RevertWhen_ThereAreTooFewForASecondJury() public {
        judged(7);
        appeal();
        toClaims();
        uint256 claimed = 0;
        for (uint256 i = 1; i <= JUDGES && claimed < 4; ++i) {
            if (tryClaim(nodeOf(i))) claimed += 1;
        }
        wait(EPOCH_SECONDS / 2);
        vm.expectRevert(abi.encodeWithSelector(DisputeSteps.SeatsBad.selector));
        juries.empanel(number);
    }

    function test_RevertWhen_FewerThanThreeWereClaimed() public {
        open();
        toClaims();
        tryClaim(nodeOf(1));
        tryClaim(nodeOf(2));
        wait(EPOCH_SECONDS / 2);
        vm.expectRevert(abi.encodeWithSelector(DisputeSteps.SeatsBad.selector));
        juries.seat(number);
    }

    function test_PassesOverWhoIsNoLongerStaked() public {
        open();
        toClaims();
        for (uint256 i = 1; i <= 4; ++i) {
            tryClaim(nodeOf(i));
        }
        stake(ownerOfNode(1), 0);
        wait(EPOCH_SECONDS / 2);
        juries.seat(number);
        assertTrue(!isIn(dispute().validators, nodeOf(1)), "the stake carries its ticket no more");
    }

    function test_RevertWhen_ItIsNotTheTime() public {
        open();
        uint256 opens = startOf(uint64((dispute().at - T0) / EPOCH_SECONDS + 2));
        vm.warp(opens - 1);
        refuseClaim(nodeOf(1), abi.encodeWithSelector(Draws.DrawEarly.selector, opens));
        toClaims();
        vm.expectRevert(abi.encodeWithSelector(Draws.DrawEarly.selector, opens + EPOCH_SECONDS / 2));
        juries.seat(number);
        wait(EPOCH_SECONDS / 2);
        refuseClaim(nodeOf(1), abi.encodeWithSelector(Draws.DrawLate.selector, opens + EPOCH_SECONDS / 2));
        wait(EPOCH_SECONDS / 2);
        vm.expectRevert(abi.encodeWithSelector(Draws.DrawLate.selector, opens + EPOCH_SECONDS));
        juries.seat(number);
    }

    function test_RevertWhen_NothingIsDrawn() public {
        open();
        seat();
        bytes memory error = abi.encodeWithSelector(DisputeSteps.PhaseOther.selector, DisputeSteps.Phase.Seated);
        refuseClaim(nodeOf(1), error);
        vm.expectRevert(error);
        juries.seat(number);
        vm.expectRevert(error);
        juries.empanel(number);
    }

    function test_RevertWhen_ItIsOfAParty() public {
        open();
        toClaims();
        refuseNode(miner);
        refuseNode(router);
        refuseNode(stranger);
    }

    function test_RevertWhen_ItIsOfWhoOpenedIt() public {
        Accusations.Accusation memory shown = evidence();
        address judge_ = ownerOfNode(3);
        cor.transfer(judge_, 1e18);
        vm.prank(judge_);
        cor.approve(address(juries), 1e18);
        vm.prank(judge_);
        number = juries.open(abi.encode(shown));
        toClaims();
        refuseNode(nodeOf(3));
        assertTrue(tryClaim(nodeOf(4)), "another may");
    }

    function test_RevertWhen_ItIsNotStakedVerifiedAbleOrThereSinceBefore() public {
        open();
        address unstaked = activeNode(30);
        assess(unstaked, 5);
        address low = activeNode(31);
        stake(ownerOfNode(31), 1e18);
        vm.prank(ownerOfNode(31));
        weights.setWeight(low, 2);
        vm.warp(startOf(epochNow() + 1));
        address fresh = activeNode(32);
        assess(fresh, 5);
        stake(ownerOfNode(32), 1e18);
        vm.prank(ownerOfNode(32));
        weights.setWeight(fresh, 2);
        toClaims();
        vm.prank(unstaked);
        pool.ping();
        vm.prank(low);
        pool.ping();
        vm.prank(fresh);
        pool.ping();
        refuseNode(unstaked);
        refuseNode(low);
        refuseNode(fresh);
        vm.prank(ownerOfNode(1));
        registry.leave(nodeOf(1));
        refuseNode(nodeOf(1));
    }

    function test_AValidatorOfAnEarlierRoundSitsNoMore() public {
        open();
        seat();
        address[] memory before = dispute().validators;
        wait(1_800);
        pingAll();
        expire();
        assertEq(dispute().round, 2, "others' turn");
        claimAll();
        refuseLate(before[0]);
        juries.seat(number);
        for (uint256 i = 0; i < 3; ++i) {
            assertTrue(!isIn(before, dispute().validators[i]), "three others");
        }
    }

    function refuseLate(address node) internal {
        vm.warp(vm.getBlockTimestamp() - EPOCH_SECONDS / 2);
        refuseNode(node);
        wait(EPOCH_SECONDS / 2);
    }

    /// Whoever is claimed in whatever order: those with the lowest tickets are seated.
    function testFuzz_TheOrderOfClaimsDoesNotMatter(uint256 seed) public {
        open();
        uint256 snapshot = vm.snapshotState();
        seat();
        address[] memory expected = dispute().validators;
        vm.revertToState(snapshot);
        toClaims();
        for (uint256 i = 0; i < JUDGES; ++i) {
            tryClaim(nodeOf(1 + (i * 5 + seed % JUDGES) % JUDGES));
        }
        wait(EPOCH_SECONDS / 2);
        juries.seat(number);
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(dispute().validators[i], expected[i], "the same");
        }
    }
}
