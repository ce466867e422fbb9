// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { GuardMembers } from "../../src/libraries/GuardMembers.sol";
import { GuardSelection } from "../../src/libraries/GuardSelection.sol";
import { StoredBytes } from "../../src/libraries/StoredBytes.sol";
import { Assertions } from "../../test/support/Assertions.sol";

contract SelectionTest is Assertions {
    using GuardMembers for bytes;

    uint64 internal constant EPOCH = 10;

    function candidatesFrom(uint256 seed, uint256 count)
        internal
        pure
        returns (GuardSelection.Candidate[] memory candidates)
    {
        candidates = new GuardSelection.Candidate[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 draw = uint256(keccak256(abi.encode(seed, i)));
            candidates[i] = GuardSelection.Candidate({
                guard: address(uint160(uint256(keccak256(abi.encode("guard", i))))),
                stakeWei: uint96(90 + draw % 60),
                joinAsked: uint64(8 + (draw >> 16) % 4),
                leaveAsked: (draw >> 32) % 5 == 0 ? uint64(8 + (draw >> 48) % 4) : GuardSelection.NEVER,
                isAdmitted: (draw >> 64) % 8 != 0
            });
        }
    }

    function isAble(GuardSelection.Candidate memory one) internal pure returns (bool) {
        return one.isAdmitted && one.stakeWei >= 100;
    }

    /// Through two epochs: never above 32, by address, only able ones, and within the bound on churn.
    function testFuzz_KeepsItsBounds(uint128 seed, uint256 count) public pure {
        count = bound(count, 0, 60);
        GuardSelection.Rules memory rules = GuardSelection.Rules({ epoch: EPOCH, stakeMinWei: 100, isHosted: false });
        bytes memory first = GuardSelection.select(rules, "", candidatesFrom(seed, count));
        GuardSelection.Candidate[] memory candidates = candidatesFrom(uint256(seed) + 1, count);
        rules.epoch = EPOCH + 1;
        bytes memory next = GuardSelection.select(rules, first, candidates);
        assertTrue(next.countOf() <= 32, "at most 32");
        uint256 churnMax = first.countOf() == 0 ? 32 : first.countOf() / 4 == 0 ? 1 : first.countOf() / 4;
        uint256 joined = 0;
        uint256 gone = 0;
        for (uint256 i = 0; i < count; ++i) {
            (bool was,) = first.find(candidates[i].guard);
            (bool isNow, uint256 place) = next.find(candidates[i].guard);
            if (isNow) {
                (, uint256 stakeWei) = next.memberAt(place);
                assertEq(stakeWei, candidates[i].stakeWei, "its stake");
                assertTrue(isAble(candidates[i]), "able");
            }
            if (isNow && !was) joined += 1;
            if (was && !isNow && isAble(candidates[i])) gone += 1;
        }
        assertTrue(joined <= churnMax && gone <= churnMax, "churn");
        for (uint256 place = 1; place < next.countOf(); ++place) {
            (address left,) = next.memberAt(place - 1);
            (address right,) = next.memberAt(place);
            assertTrue(left < right, "by address");
        }
    }

    /// In whatever order the queue stands.
    function testFuzz_DependsOnNoOrder(uint256 seed) public pure {
        GuardSelection.Rules memory rules = GuardSelection.Rules({ epoch: EPOCH, stakeMinWei: 100, isHosted: false });
        GuardSelection.Candidate[] memory candidates = candidatesFrom(seed, 50);
        bytes memory first = GuardSelection.select(rules, "", candidates);
        rules.epoch = EPOCH + 1;
        bytes memory next = GuardSelection.select(rules, first, candidates);
        for (uint256 i = 0; i < 25; ++i) {
            (candidates[i], candidates[49 - i]) = (candidates[49 - i], candidates[i]);
        }
        assertEq(keccak256(GuardSelection.select(rules, first, candidates)), keccak256(next), "turned");
    }

    function testFuzz_ReadsBackWhatItStored(bytes calldata data) public {
        assertEq(keccak256(StoredBytes.read(StoredBytes.write(data))), keccak256(data), "data");
    }

    function write(bytes calldata data) external returns (address) {
        return StoredBytes.write(data);
    }

    function memberAt(bytes calldata members, uint256 place) external pure returns (address guard) {
        (guard,) = GuardMembers.memberAt(members, place);
    }

    function test_RevertWhen_ThereIsTooMuchToStoreOrNothingToRead() public {
        bytes memory most = new bytes(24_575);
        assertEq(StoredBytes.read(this.write(most)).length, 24_575, "the most");
        vm.expectRevert(abi.encodeWithSelector(StoredBytes.BytesTooMany.selector, 24_576, 24_575));
        this.write(new bytes(24_576));
        assertEq(StoredBytes.read(address(0xDEAD)).length, 0, "nothing there");
        vm.expectRevert(abi.encodeWithSelector(GuardMembers.PlaceBeyond.selector, 1, 1));
        this.memberAt(new bytes(32), 1);
    }
}
