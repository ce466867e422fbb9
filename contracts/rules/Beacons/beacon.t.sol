// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IGuardBeacons } from "../../src/interfaces/IGuardBeacons.sol";
import { BeaconNetwork } from "./BeaconNetwork.sol";

contract BeaconTest is BeaconNetwork {
    function test_IsThatOfANetworkWithoutGuardsBeforeTheFirst() public {
        assertEq(beacons.beaconOf(0), withoutGuards(0), "the first epoch");
        assertEq(beacons.beaconOf(6), withoutGuards(6), "this one");
        assertEq(beacons.beaconOf(7), 0, "not known yet");
        vm.warp(T0 + 7 * EPOCH_SECONDS - 60);
        assertEq(beacons.beaconOf(7), withoutGuards(7), "from the cut-off on");
        commit(9, 1);
        assertEq(beacons.beaconOf(7), withoutGuards(7), "unchanged");
        warpToEpoch(8);
        assertEq(beacons.beaconOf(8), withoutGuards(8), "the last without");
    }

    function test_IsMadeOfTheSecretsThatWereShown() public {
        for (uint256 number = 1; number <= 4; ++number) {
            commit(8, number);
        }
        warpToEpoch(7);
        for (uint256 number = 4; number > 0; --number) {
            if (number != 3) reveal(8, number);
        }
        assertEq(beacons.beaconOf(8), 0, "secrets may still come");
        warpToEpoch(8);
        bytes32 expected = beaconFrom(8, withoutGuards(7), 0x16);
        assertEq(beacons.beaconOf(8), expected, "by address, one left out");
        expectEvent(address(beacons));
        emit IGuardBeacons.BeaconClosed(8, expected, 3, false);
        expectEvent(address(beacons));
        emit IGuardBeacons.SecretMissing(8, guardOf(3));
        vm.prank(stranger);
        beacons.close(8);
        assertEq(beacons.beaconOf(8), expected, "written down");
        assertEq(beacons.nextEpoch(), 9, "the next");
        beacons.close(8);
        assertEq(beacons.nextEpoch(), 9, "once");
    }

    function test_FollowsFromTheOneBeforeWithoutSecrets() public {
        commit(8, 1);
        warpToEpoch(9);
        bytes32 first = beaconFrom(8, withoutGuards(7), 0);
        bytes32 second = beaconFrom(9, first, 0);
        assertEq(beacons.beaconOf(8), first, "nothing shown");
        assertEq(beacons.beaconOf(9), second, "nothing committed to");
        expectEvent(address(beacons));
        emit IGuardBeacons.BeaconClosed(8, first, 0, true);
        expectEvent(address(beacons));
        emit IGuardBeacons.SecretMissing(8, guardOf(1));
        expectEvent(address(beacons));
        emit IGuardBeacons.BeaconClosed(9, second, 0, true);
        beacons.close(9);
        assertEq(beacons.beaconOf(9), second, "the same, written down");
    }

    function test_RevertWhen_TheBeaconIsUnknownOrWithoutGuards() public {
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.BeaconUnknown.selector, 6));
        beacons.close(6);
        commit(8, 1);
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.BeaconUnknown.selector, 8));
        beacons.close(8);
        warpToEpoch(7);
        vm.expectRevert(abi.encodeWithSelector(IGuardBeacons.BeaconUnknown.selector, 7));
        beacons.close(7);
    }

    function test_ACommitmentWritesDownAFewOnItsWay() public {
        commit(8, 1);
        warpToEpoch(20);
        commit(22, 1);
        assertEq(beacons.nextEpoch(), 12, "four");
        commit(22, 2);
        assertEq(beacons.nextEpoch(), 16, "four more");
        bytes32 beacon = withoutGuards(7);
        for (uint64 epoch = 8; epoch <= 20; ++epoch) {
            beacon = beaconFrom(epoch, beacon, 0);
            assertEq(beacons.beaconOf(epoch), beacon, "every one");
        }
        beacons.close(20);
        assertEq(beacons.nextEpoch(), 21, "all");
        commit(22, 3);
        assertEq(beacons.nextEpoch(), 21, "no further than is known");
    }

    /// Whoever commits and shows, through several epochs, the beacon is the rule's, and the same before and after it is written down.
    function testFuzz_IsTheRulesWhoeverShows(uint256 seed) public {
        bytes32 beacon = withoutGuards(7);
        commit(8, 1);
        for (uint64 epoch = 8; epoch < 12; ++epoch) {
            uint32 committed = epoch == 8 ? 2 : 0;
            for (uint256 number = 1; number <= 4; ++number) {
                if (epoch == 8 && number == 1) continue;
                if (uint256(keccak256(abi.encode(seed, epoch, number))) % 2 == 0) continue;
                commit(epoch, number);
                committed |= uint32(1 << number);
            }
            warpToEpoch(epoch - 1);
            uint32 shown = 0;
            for (uint256 number = 1; number <= 4; ++number) {
                bool isSilent = uint256(keccak256(abi.encode(seed, epoch, number, "silent"))) % 4 == 0;
                if (committed >> number & 1 == 0 || isSilent) continue;
                reveal(epoch, number);
                shown |= uint32(1 << number);
            }
            vm.warp(T0 + uint256(epoch) * EPOCH_SECONDS - 60);
            beacon = beaconFrom(epoch, beacon, shown);
            assertEq(beacons.beaconOf(epoch), beacon, "before");
            if (seed % 3 == 0) beacons.close(epoch);
            assertEq(beacons.beaconOf(epoch), beacon, "after");
            warpToEpoch(epoch - 1);
        }
    }
}
