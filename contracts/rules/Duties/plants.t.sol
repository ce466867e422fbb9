// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IDuties } from "../../src/interfaces/IDuties.sol";
import { DutyNetwork } from "./DutyNetwork.sol";

contract PlantsTest is DutyNetwork {
    bytes32 internal constant TASK = keccak256("task");
    bytes32 internal constant SALT = keccak256("salt");
    bytes32 internal commitment = keccak256(abi.encodePacked("plant-v1", TASK, SALT));

    function plant(address planter) internal {
        vm.prank(planter);
        duties.plant(commitment);
    }

    function test_KeepsWhoPlantedAndWhen() public {
        expectEvent(address(duties));
        emit IDuties.PlantCommitted(6, stranger, commitment);
        plant(stranger);
        assertEq(duties.plantOf(commitment).planter, stranger, "planter");
        assertEq(duties.plantOf(commitment).epoch, 6, "epoch");
        vm.expectRevert(abi.encodeWithSelector(IDuties.PlantKnown.selector, commitment));
        plant(guardOf(1));
    }

    function test_ItsPlanterOpensItOnceVerdictsAreIn() public {
        plant(stranger);
        vm.warp(T0 + 9 * EPOCH_SECONDS - 1);
        vm.expectRevert(abi.encodeWithSelector(IDuties.PlantOpenedEarly.selector, 9));
        vm.prank(stranger);
        duties.openPlant(TASK, SALT);
        vm.warp(T0 + 9 * EPOCH_SECONDS);
        vm.expectRevert(abi.encodeWithSelector(IDuties.PlantForeign.selector, commitment, stranger));
        vm.prank(guardOf(1));
        duties.openPlant(TASK, SALT);
        expectEvent(address(duties));
        emit IDuties.PlantOpened(stranger, TASK, SALT);
        vm.prank(stranger);
        duties.openPlant(TASK, SALT);
        vm.expectRevert(abi.encodeWithSelector(IDuties.PlantOpenedAlready.selector, commitment));
        vm.prank(stranger);
        duties.openPlant(TASK, SALT);
    }

    function test_RevertWhen_NothingWasPlanted() public {
        warpToEpoch(9);
        vm.expectRevert(abi.encodeWithSelector(IDuties.PlantForeign.selector, commitment, address(0)));
        vm.prank(stranger);
        duties.openPlant(TASK, SALT);
    }
}
