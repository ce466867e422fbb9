// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { IGuardSets } from "../../src/interfaces/IGuardSets.sol";
import { GuardMembers } from "../../src/libraries/GuardMembers.sol";
import { GuardNetwork } from "../../test/support/GuardNetwork.sol";

contract FixSetTest is GuardNetwork {
    function count(uint64 epoch) internal view returns (uint256) {
        return sets.setAt(epoch).length;
    }

    function test_FixesASetByAddressWithItsStakesAndHash() public {
        joinAll(7, STAKE_MIN);
        setStake(3, 5 * STAKE_MIN);
        warpToEpoch(6);
        (bytes memory before,) = packedSetAt(6);
        assertEq(before.length, 0, "none yet");
        assertTrue(!sets.isFixed(6), "not fixed");
        sets.fixSet(6);
        assertTrue(sets.isFixed(6), "fixed");
        IGuardSets.Member[] memory members = sets.setAt(6);
        assertEq(members.length, 7, "all");
        bytes memory packed;
        for (uint256 i = 0; i < members.length; ++i) {
            if (i != 0) assertTrue(members[i - 1].guard < members[i].guard, "by address");
            bool isThird = members[i].guard == guardOf(3);
            assertEq(members[i].stakeWei, isThird ? 5 * STAKE_MIN : STAKE_MIN, "stake");
            packed = bytes.concat(packed, abi.encodePacked(members[i].guard, members[i].stakeWei));
        }
        (bytes memory stored, uint32 frozen) = packedSetAt(6);
        assertEq(keccak256(stored), keccak256(packed), "packed");
        assertEq(frozen, 0, "nobody frozen");
        assertEq(sets.setHashAt(6), GuardMembers.setHash(6, packed), "hash");
    }

    function test_TellsWhatItFixed() public {
        joinAll(1, STAKE_MIN);
        warpToEpoch(6);
        bytes memory packed = abi.encodePacked(guardOf(1), STAKE_MIN);
        expectEvent(address(sets));
        emit IGuardSets.GuardSetFixed(6, GuardMembers.setHash(6, packed), 1);
        vm.prank(stranger);
        sets.fixSet(6);
    }

    function test_FixesFromTheCutOffBeforeUntilItsOwn() public {
        joinAll(1, STAKE_MIN);
        vm.warp(T0 + 6 * EPOCH_SECONDS - 61);
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.FixOutOfTime.selector, 6, 5));
        sets.fixSet(6);
        vm.warp(T0 + 6 * EPOCH_SECONDS - 60);
        sets.fixSet(6);
        vm.warp(T0 + 8 * EPOCH_SECONDS - 61);
        sets.fixSet(7);
        vm.warp(T0 + 9 * EPOCH_SECONDS - 60);
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.FixOutOfTime.selector, 8, 9));
        sets.fixSet(8);
    }

    function test_RevertWhen_ItIsFixedAlready() public {
        joinAll(1, STAKE_MIN);
        fix(6);
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.FixedAlready.selector, 6));
        sets.fixSet(6);
    }

    function test_TheSetBeforeStandsWhereNobodyFixedOne() public {
        joinAll(2, STAKE_MIN);
        fix(6);
        joinThird();
        fix(9);
        assertEq(count(5), 0, "before there was any");
        assertEq(count(6), 2, "its own");
        assertEq(count(7), 2, "stands");
        assertEq(count(8), 2, "still");
        assertEq(count(9), 3, "its own");
        assertEq(count(99), 3, "for now");
        (bytes memory packed,) = packedSetAt(7);
        assertEq(sets.setHashAt(7), GuardMembers.setHash(7, packed), "its own hash");
    }

    function joinThird() internal {
        registerNode(3, 4);
        setStake(3, STAKE_MIN);
        join(3);
    }

    function test_CountsWhoAskedFromTheNextEpochOn() public {
        joinAll(1, STAKE_MIN);
        sets.fixSet(5);
        assertEq(count(5), 0, "asked in these records");
        fix(6);
        assertEq(count(6), 1, "counts");
    }

    function test_TakesAndLetsGoAQuarterAtOnce() public {
        joinAll(8, STAKE_MIN);
        fix(6);
        for (uint256 number = 9; number <= 12; ++number) {
            registerNode(number, 4);
            setStake(number, STAKE_MIN + number);
            join(number);
        }
        leave(1);
        leave(2);
        leave(3);
        fix(7);
        assertEq(count(7), 8, "two went, two came");
        assertTrue(isGuard(7, 12) && isGuard(7, 11), "most stake first");
        uint256 bound = 0;
        for (uint256 number = 1; number <= 3; ++number) {
            if (isGuard(7, number)) bound += 1;
        }
        assertEq(bound, 1, "one stays bound");
        assertEq(sets.owners().length, 10, "who went has no place");
        fix(8);
        assertEq(sets.owners().length, 9, "nor has the third");
        assertEq(count(8), 9, "the other newcomers came");
    }

    function test_DropsWhoHasTooLittleStakeAtOnce() public {
        joinAll(4, STAKE_MIN);
        fix(6);
        setStake(1, STAKE_MIN - 1);
        setStake(2, 0);
        setStake(3, 0);
        fix(7);
        assertEq(count(7), 1, "one is left");
        assertEq(sets.owners().length, 4, "they keep their places");
        setStake(1, STAKE_MIN);
        fix(8);
        assertTrue(isGuard(8, 1), "back");
    }

    function test_HasAtMost32AndTheLowestGivesWay() public {
        joinAll(40, STAKE_MIN);
        fix(6);
        assertEq(count(6), 32, "32");
        for (uint256 number = 1; number <= 40; ++number) {
            if (!isGuard(6, number)) setStake(number, 2 * STAKE_MIN);
        }
        fix(7);
        assertEq(count(7), 32, "still");
        uint256 rich = 0;
        for (uint256 i = 0; i < 32; ++i) {
            if (sets.setAt(7)[i].stakeWei == 2 * STAKE_MIN) rich += 1;
        }
        assertEq(rich, 8, "eight outranked the lowest");
    }

    function test_LetsTheLastOneGo() public {
        joinAll(1, STAKE_MIN);
        fix(6);
        leave(1);
        fix(7);
        assertEq(count(7), 0, "nobody");
        assertEq(sets.owners().length, 0, "no place");
    }

    /// An unchanged set is kept where it is: a newcomer costs code, others only a slot.
    function test_KeepsTheSameMembersAtOnePlace() public {
        joinAll(32, STAKE_MIN);
        fix(6);
        warpToEpoch(7);
        uint256 before = gasleft();
        sets.fixSet(7);
        uint256 same = before - gasleft();
        setStake(1, STAKE_MIN + 1);
        warpToEpoch(8);
        before = gasleft();
        sets.fixSet(8);
        assertTrue(before - gasleft() > same + 100_000, "a new place");
        assertEq(count(7), 32, "read back");
        assertEq(count(8), 32, "read back");
    }

    /* HOSTED PHASE */

    function hosted() internal {
        deploySets(T0 + 7 * EPOCH_SECONDS + 1);
        joinAll(6, STAKE_MIN);
        for (uint256 number = 1; number <= 3; ++number) {
            vm.prank(owner);
            sets.list(guardOf(number));
        }
    }

    function test_TakesListedGuardsAloneUntilTheDateOnChain() public {
        hosted();
        assertEq(sets.openFromEpoch(), 8, "the first that starts after it");
        fix(6);
        assertEq(count(6), 3, "the listed");
        vm.prank(owner);
        sets.unlist(guardOf(1));
        fix(7);
        assertTrue(count(7) == 2 && !isGuard(7, 1), "struck off at once");
        fix(8);
        assertEq(count(8), 3, "one more, by the bound");
        fix(9);
        assertEq(count(9), 4, "and one more");
    }

    function test_RevertWhen_TheListIsChangedByAStrangerForNothingOrTooLate() public {
        hosted();
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        sets.list(guardOf(4));
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        sets.unlist(guardOf(1));
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.ListUnchanged.selector, guardOf(1)));
        vm.prank(owner);
        sets.list(guardOf(1));
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.ListUnchanged.selector, guardOf(4)));
        vm.prank(owner);
        sets.unlist(guardOf(4));
        uint64 until = sets.hostedUntil();
        vm.warp(until);
        vm.expectRevert(abi.encodeWithSelector(IGuardSets.HostedPhaseOver.selector, until));
        vm.prank(owner);
        sets.list(guardOf(4));
    }

    function test_TellsOfTheList() public {
        deploySets(T0 + 9 * EPOCH_SECONDS);
        expectEvent(address(sets));
        emit IGuardSets.GuardListed(guardOf(1));
        vm.prank(owner);
        sets.list(guardOf(1));
        assertTrue(sets.isListed(guardOf(1)), "listed");
        expectEvent(address(sets));
        emit IGuardSets.GuardUnlisted(guardOf(1));
        vm.prank(owner);
        sets.unlist(guardOf(1));
        assertEq(sets.openFromEpoch(), 9, "a date at a start counts");
    }
}
