// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IDuties } from "../../src/interfaces/IDuties.sol";
import { DutyNetwork } from "./DutyNetwork.sol";

contract PlantsTest is DutyNetwork {
    bytes32 internal constant SALT = keccak256("salt");
    bytes internal constant PROOF = hex"0102";
    bytes32 internal commitment = keccak256(abi.encodePacked("plant-v2", stranger, SALT));

    function plant(address sender) internal {
        vm.prank(sender);
        duties.plant(commitment);
    }

    function open(address sender, bytes memory proof) internal {
        vm.prank(sender);
        duties.openPlant(SALT, proof);
    }

    function test_KeepsWhenItWasPlantedWhoeverSaysSo() public {
        expectEvent(address(duties));
        emit IDuties.PlantCommitted(6, commitment);
        plant(guardOf(1));
        assertTrue(duties.plantOf(commitment).isKnown, "known");
        assertEq(duties.plantOf(commitment).epoch, 6, "epoch");
        vm.expectRevert(abi.encodeWithSelector(IDuties.PlantKnown.selector, commitment));
        plant(stranger);
    }

    function test_ItsPlanterOpensItOnceVerdictsAreIn() public {
        plant(guardOf(1));
        vm.warp(T0 + 9 * EPOCH_SECONDS - 1);
        vm.expectRevert(abi.encodeWithSelector(IDuties.PlantOpenedEarly.selector, 9));
        open(stranger, PROOF);
        vm.warp(T0 + 9 * EPOCH_SECONDS);
        expectEvent(address(duties));
        emit IDuties.PlantOpened(9, stranger, 6, SALT, PROOF);
        open(stranger, PROOF);
        assertTrue(duties.plantOf(commitment).isOpened, "opened");
        vm.expectRevert(abi.encodeWithSelector(IDuties.PlantOpenedAlready.selector, commitment));
        open(stranger, PROOF);
    }

    function test_RevertWhen_AnotherOpensIt() public {
        plant(guardOf(1));
        warpToEpoch(9);
        bytes32 foreign = keccak256(abi.encodePacked("plant-v2", guardOf(1), SALT));
        vm.expectRevert(abi.encodeWithSelector(IDuties.PlantUnknown.selector, foreign));
        open(guardOf(1), PROOF);
    }

    function test_RevertWhen_NothingWasPlanted() public {
        warpToEpoch(9);
        vm.expectRevert(abi.encodeWithSelector(IDuties.PlantUnknown.selector, commitment));
        open(stranger, PROOF);
    }

    function test_RevertWhen_ItShowsTooMuch() public {
        plant(stranger);
        warpToEpoch(9);
        vm.expectRevert(abi.encodeWithSelector(IDuties.PlantProofTooLong.selector, 8_193, 8_192));
        open(stranger, new bytes(8_193));
        open(stranger, new bytes(8_192));
    }
}
