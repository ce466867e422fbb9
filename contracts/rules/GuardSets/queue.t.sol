// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IGuardSets } from "../../src/interfaces/IGuardSets.sol";
import { Attestations } from "../../src/l2/guards/Attestations.sol";
import { GuardSets } from "../../src/l2/guards/GuardSets.sol";
import { GuardNetwork } from "../../test/support/GuardNetwork.sol";

contract QueueTest is GuardNetwork {
    function ready(uint256 number) internal {
        registerNode(number, 4);
        setStake(number, STAKE_MIN);
    }

    /* JOIN */

    function test_TakesAGuardOfItsOwner() public {
        ready(1);
        expectEvent(address(sets));
        emit IGuardSets.GuardJoined(guardOf(1), ownerOf(1), 5);
        join(1);
        IGuardSets.Place memory place = sets.placeOf(ownerOf(1));
        assertEq(place.guard, guardOf(1), "guard");
        assertEq(place.joinAsked, 5, "asked in the records of its epoch");
        assertEq(place.leaveAsked, sets.NEVER(), "no wish to leave");
        assertEq(sets.owners().length, 1, "one place");
    }

    function test_CountsAWishAfterTheCutOffInTheNextEpochsRecords() public {
        ready(1);
        vm.warp(T0 + 5 * EPOCH_SECONDS + 540);
        join(1);
        assertEq(sets.placeOf(ownerOf(1)).joinAsked, 6, "inclusive");
    }

    function test_RevertWhen_TheNodeIsSomebodyElses() public {
        ready(1);
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.GuardForeign.selector, guardOf(1), ownerOf(1)));
        vm.prank(stranger);
        sets.join(guardOf(1));
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.GuardForeign.selector, guardOf(2), address(0)));
        join(2);
    }

    function test_RevertWhen_TheNodeIsNoGuardOrHasLeft() public {
        registerNode(1, 2);
        setStake(1, STAKE_MIN);
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.NotGuardNode.selector, guardOf(1)));
        join(1);
        ready(2);
        vm.prank(ownerOf(2));
        registry.leave(guardOf(2));
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.NotGuardNode.selector, guardOf(2)));
        join(2);
    }

    function test_RevertWhen_TheStakeIsBelowTheLeast() public {
        registerNode(1, 4);
        setStake(1, STAKE_MIN - 1);
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.StakeBelowMinimum.selector, STAKE_MIN - 1, STAKE_MIN));
        join(1);
    }

    function test_RevertWhen_TheOwnerHasAPlace() public {
        ready(1);
        join(1);
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.PlaceTaken.selector, ownerOf(1), guardOf(1)));
        join(1);
    }

    function test_RevertWhen_TheQueueIsFull() public {
        joinAll(256, STAKE_MIN);
        ready(257);
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.QueueFull.selector, 256));
        join(257);
        setStake(9, 0);
        sets.clear(ownerOf(9));
        join(257);
    }

    /* LEAVE */

    function test_LetsAGuardAskToGoAndThinkBetterOfIt() public {
        ready(1);
        join(1);
        warpToEpoch(7);
        expectEvent(address(sets));
        emit IGuardSets.GuardLeaving(guardOf(1), ownerOf(1), 7);
        leave(1);
        assertEq(sets.placeOf(ownerOf(1)).leaveAsked, 7, "asked");
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.LeavingAlready.selector, guardOf(1)));
        leave(1);
        join(1);
        assertEq(sets.placeOf(ownerOf(1)).leaveAsked, sets.NEVER(), "taken back");
        assertEq(sets.placeOf(ownerOf(1)).joinAsked, 7, "asked anew");
        assertEq(sets.owners().length, 1, "still one place");
    }

    function test_RevertWhen_TheOwnerHasNoPlace() public {
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.PlaceMissing.selector, ownerOf(1)));
        leave(1);
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.PlaceMissing.selector, ownerOf(1)));
        sets.clear(ownerOf(1));
    }

    /* CLEAR */

    function test_FreesThePlaceOfWhoLostItsStakeItsNodeOrItsWord() public {
        joinAll(4, STAKE_MIN);
        setStake(1, STAKE_MIN - 1);
        expectEvent(address(sets));
        emit IGuardSets.PlaceCleared(guardOf(1), ownerOf(1));
        vm.prank(stranger);
        sets.clear(ownerOf(1));
        assertEq(sets.placeOf(ownerOf(1)).guard, address(0), "gone");
        vm.prank(ownerOf(2));
        registry.leave(guardOf(2));
        sets.clear(ownerOf(2));
        vm.prank(address(attestations));
        sets.freeze(guardOf(4));
        sets.clear(ownerOf(4));
        assertEq(sets.owners().length, 1, "one is left");
        assertEq(sets.owners()[0], ownerOf(3), "the third");
        setStake(1, STAKE_MIN);
        join(1);
    }

    function test_RevertWhen_ThePlaceIsInOrder() public {
        joinAll(1, STAKE_MIN);
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.PlaceInOrder.selector, ownerOf(1)));
        sets.clear(ownerOf(1));
    }

    /* DEPLOYMENT */

    function test_RevertWhen_AttestationsAreNamedByAStrangerTwiceOrForOthers() public {
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.NotDeployer.selector, stranger));
        vm.prank(stranger);
        sets.nameAttestations(address(attestations));
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.NamedAlready.selector, address(attestations)));
        sets.nameAttestations(address(attestations));
        GuardSets others = new GuardSets(partsWith(0));
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.NamedElsewhere.selector, address(sets)));
        others.nameAttestations(address(attestations));
        address theirs = address(new Attestations(others));
        expectEvent(address(others));
        emit IGuardSets.AttestationsNamed(theirs);
        others.nameAttestations(theirs);
    }

    function test_RevertWhen_ThePartsAreOutOfRange() public {
        GuardSets.Parts memory parts = partsWith(0);
        parts.stakeMinWei = 0;
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.StakeMinimumOutOfRange.selector, 0));
        new GuardSets(parts);
        parts = partsWith(0);
        parts.epochSeconds = 0;
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.EpochSecondsOutOfRange.selector, 0));
        new GuardSets(parts);
    }
}
