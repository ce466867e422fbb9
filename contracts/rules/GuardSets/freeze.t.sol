// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IGuardSets } from "../../src/interfaces/IGuardSets.sol";
import { GuardNetwork } from "../../test/support/GuardNetwork.sol";

contract FreezeTest is GuardNetwork {
    function frozenAt(uint64 epoch) internal view returns (uint32 frozen) {
        (, frozen) = packedSetAt(epoch);
    }

    function freeze(uint256 number) internal {
        vm.prank(address(attestations));
        sets.freeze(guardOf(number));
    }

    function bitOf(uint64 epoch, uint256 number) internal view returns (uint32) {
        for (uint256 place = 0;; ++place) {
            if (sets.setAt(epoch)[place].guard == guardOf(number)) return uint32(1 << place);
        }
        return 0;
    }

    function test_FreezesInTheSetsThatStillSpeak() public {
        joinAll(4, STAKE_MIN);
        fix(6);
        fix(7);
        fix(8);
        vm.warp(T0 + 9 * EPOCH_SECONDS - 60);
        sets.fixSet(9);
        expectEvent(address(sets));
        emit IGuardSets.GuardFrozen(guardOf(2), ownerOf(2));
        freeze(2);
        assertTrue(sets.isFrozen(guardOf(2)), "frozen");
        assertEq(frozenAt(6), 0, "its roots are posted or never will be");
        assertEq(frozenAt(7), bitOf(7, 2), "being posted");
        assertEq(frozenAt(8), bitOf(8, 2), "running");
        assertEq(frozenAt(9), bitOf(9, 2), "next");
        assertTrue(sets.placeOf(ownerOf(2)).isFrozen, "its place");
        assertTrue(isGuard(9, 2), "still in the set");
        fix(10);
        assertTrue(!isGuard(10, 2), "out of the next");
        assertEq(sets.owners().length, 3, "no place");
    }

    function test_FreezesInTheSetThatStandsForOthers() public {
        joinAll(2, STAKE_MIN);
        fix(6);
        warpToEpoch(40);
        freeze(1);
        assertEq(frozenAt(39), bitOf(6, 1), "stands for the epoch before");
        fix(41);
        assertTrue(!isGuard(41, 1) && isGuard(41, 2), "out of the next set");
        assertEq(frozenAt(41), 0, "nobody in it is frozen");
    }

    function test_FreezesANodeThatGuardsNothing() public {
        registerNode(1, 2);
        freeze(1);
        assertTrue(sets.isFrozen(guardOf(1)), "frozen");
        registerNode(2, 4);
        setStake(2, STAKE_MIN);
        join(2);
        fix(6);
        freeze(2);
        assertEq(frozenAt(6), 1, "the only one");
        registerNode(3, 4);
        freeze(3);
        assertEq(frozenAt(6), 1, "unchanged");
    }

    function test_KeepsThePlaceOfAnOwnersOtherGuard() public {
        joinAll(1, STAKE_MIN);
        // Another node of the same owner.
        uint256 other = keyOf(77);
        registerFor(ownerOf(1), other, 4);
        vm.prank(address(attestations));
        sets.freeze(vm.addr(other));
        assertEq(sets.placeOf(ownerOf(1)).guard, guardOf(1), "keeps it");
    }

    function test_RevertWhen_AFrozenGuardJoins() public {
        joinAll(1, STAKE_MIN);
        freeze(1);
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.GuardIsFrozen.selector, guardOf(1)));
        join(1);
    }

    function test_RevertWhen_TheCallerIsNotTheAttestationsOrThereIsNothingToFreeze() public {
        joinAll(1, STAKE_MIN);
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.NotAttestations.selector, stranger));
        vm.prank(stranger);
        sets.freeze(guardOf(1));
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.NotGuardNode.selector, guardOf(2)));
        freeze(2);
        freeze(1);
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.GuardIsFrozen.selector, guardOf(1)));
        freeze(1);
    }
}
