// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Epochs } from "../../src/libraries/Epochs.sol";
import { GuardMembers } from "../../src/libraries/GuardMembers.sol";
import { GuardSelection } from "../../src/libraries/GuardSelection.sol";
import { GuardVectors } from "../support/GuardVectors.sol";

/// The golden vectors: guards off chain choose, hash and count time as the contracts do.
contract SetVectorsTest is GuardVectors {
    function test_HashesEverySetOfTheVectors() public view {
        for (uint256 i = 0; i < 5; ++i) {
            string memory set = at("sets", i);
            uint64 epoch = uint64(number(set, ".epoch"));
            assertEq(GuardMembers.setHash(epoch, membersAt(set)), word(set, ".setHash"), "setHash");
        }
    }

    function test_ChoosesFromEveryQueueOfTheVectors() public view {
        for (uint256 i = 0; i < 5; ++i) {
            string memory queue = at("queues", i);
            GuardSelection.Rules memory rules = GuardSelection.Rules({
                epoch: uint64(number(queue, ".epoch")),
                stakeMinWei: number(queue, ".stakeMinWei"),
                isHosted: number(queue, ".epoch") < number(queue, ".openFromEpoch")
            });
            bytes memory chosen = GuardSelection.select(rules, previousOf(queue), candidatesOf(queue, rules.isHosted));
            assertEq(keccak256(chosen), keccak256(membersAt(queue)), "members");
        }
    }

    /// The vectors' guards before, by address; which stakes they had then decides nothing.
    function previousOf(string memory queue) internal view returns (bytes memory previous) {
        uint256 count = countOf(queue, ".previous");
        uint256[] memory sorted = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 packed = GuardMembers.pack(account(queue, string.concat(".previous", index(i))), 1);
            uint256 place = i;
            for (; place != 0 && sorted[place - 1] > packed; --place) {
                sorted[place] = sorted[place - 1];
            }
            sorted[place] = packed;
        }
        return abi.encodePacked(sorted);
    }

    function candidatesOf(string memory queue, bool isHosted)
        internal
        view
        returns (GuardSelection.Candidate[] memory candidates)
    {
        uint256 count = countOf(queue, ".candidates");
        candidates = new GuardSelection.Candidate[](count);
        for (uint256 i = 0; i < count; ++i) {
            string memory path = string.concat(queue, ".candidates", index(i));
            address guard = account(path, ".guard");
            string memory leaves = string.concat(path, ".leaveAsked");
            candidates[i] = GuardSelection.Candidate({
                guard: guard,
                stakeWei: uint96(number(path, ".stakeWei")),
                joinAsked: uint64(number(path, ".joinAsked")),
                leaveAsked: vm.keyExistsJson(vectors, leaves) ? uint64(number(leaves, "")) : GuardSelection.NEVER,
                isAdmitted: !flag(path, ".isFrozen") && (!isHosted || isHostedIn(queue, guard))
            });
        }
    }

    function isHostedIn(string memory queue, address guard) internal view returns (bool) {
        for (uint256 i = 0; i < countOf(queue, ".hosted"); ++i) {
            if (account(queue, string.concat(".hosted", index(i))) == guard) return true;
        }
        return false;
    }

    function test_CountsTimeAsTheVectorsDo() public view {
        for (uint256 i = 0; i < 4; ++i) {
            string memory path = at("times", i);
            Epochs.Times memory times = Epochs.Times(uint64(number(path, ".t0")), uint64(number(path, ".epochSeconds")));
            uint64 epoch = uint64(number(path, ".epoch"));
            uint256 cutOff = number(path, ".cutOff");
            assertEq(Epochs.startOf(times, epoch), number(path, ".start"), "start");
            assertEq(Epochs.cutOffOf(times, epoch), cutOff, "cut-off");
            assertEq(Epochs.recordEpochAt(times, cutOff - 1), epoch, "before it");
            assertEq(Epochs.recordEpochAt(times, cutOff), epoch + 1, "from it on");
            for (uint256 j = 0; j < countOf(path, ".slots"); ++j) {
                string memory slot = string.concat(path, ".slots", index(j));
                bool isOpen = !isNull(slot, ".slot");
                assertTrue(Epochs.isPostingTime(times, epoch, number(slot, ".time")) == isOpen, "posting time");
            }
        }
    }
}
