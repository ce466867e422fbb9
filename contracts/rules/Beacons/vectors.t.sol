// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IGuardSets } from "../../src/interfaces/IGuardSets.sol";
import { Beacons } from "../../src/l2/guards/Beacons.sol";
import { DrandRounds } from "../../src/libraries/DrandRounds.sol";
import { StoredBytes } from "../../src/libraries/StoredBytes.sol";
import { GuardVectors } from "../support/GuardVectors.sol";

/// A set of whoever commits in a vector.
contract CommittingSet {
    address internal _members;

    function t0() external pure returns (uint64) {
        return 0;
    }

    function epochSeconds() external pure returns (uint64) {
        return 600;
    }

    function isFixed(uint64) external pure returns (bool) {
        return true;
    }

    function give(bytes calldata members) external {
        _members = StoredBytes.write(members);
    }

    function storedSetAt(uint64) external view returns (address members, uint32 frozen) {
        return (_members, 0);
    }
}

/// Makes a beacon from one that is given.
contract BeaconReader is Beacons {
    constructor(CommittingSet set, DrandRounds.Network memory drand_) Beacons(IGuardSets(address(set)), drand_) { }

    /// As if a round had been posted.
    function mix(uint64 epoch, bytes32 randomness) external {
        randomnessOf[epoch] = randomness;
    }

    function valueOf(uint64 epoch, bytes32 previous) external view returns (bytes32 beacon, address[] memory missing) {
        return _valueOf(epoch, previous);
    }
}

/// The golden vectors: what guards compute is what the contract does.
contract BeaconVectorsTest is GuardVectors {
    CommittingSet internal set = new CommittingSet();

    function test_MakesEveryBeaconOfTheVectors() public {
        uint256 made = 0;
        for (uint256 i = 0; i < countOf("", ".beacons"); ++i) {
            check(at("beacons", i));
            made += 1;
        }
        assertEq(made, 3, "with secrets, with a round of drand, with neither");
    }

    function check(string memory path) internal {
        BeaconReader reader = new BeaconReader(set, DrandRounds.Network(new bytes(256), 0, 3));
        uint64 epoch = uint64(number(path, ".epoch"));
        uint256 count = countOf(path, ".commits");
        set.give(committersOf(path, count));
        vm.warp(600 * uint256(epoch - 2));
        for (uint256 i = 0; i < count; ++i) {
            string memory commit = string.concat(path, ".commits", index(i));
            vm.prank(account(commit, ".guard"));
            reader.commit(epoch, word(commit, ".commitment"));
        }
        vm.warp(600 * uint256(epoch - 1));
        uint256 shown = countOf(path, ".reveals");
        for (uint256 i = 0; i < shown; ++i) {
            string memory reveal = string.concat(path, ".reveals", index(i));
            vm.prank(account(reveal, ".guard"));
            reader.reveal(epoch, word(reveal, ".secret"));
        }
        if (vm.keyExistsJson(vectors, string.concat(path, ".drand"))) {
            assertEq(reader.roundDue(epoch), number(path, ".drand.round"), "the round that is due");
            reader.mix(epoch, word(path, ".drand.randomness"));
        }
        (bytes32 beacon, address[] memory missing) = reader.valueOf(epoch, word(path, ".previous"));
        assertEq(beacon, word(path, ".beacon"), "beacon");
        assertEq(missing.length, count - shown, "missing");
    }

    function committersOf(string memory path, uint256 count) internal view returns (bytes memory) {
        uint256[] memory sorted = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 packed = uint256(uint160(account(path, string.concat(".commits", index(i), ".guard")))) << 96 | 1;
            uint256 place = i;
            for (; place != 0 && sorted[place - 1] > packed; --place) {
                sorted[place] = sorted[place - 1];
            }
            sorted[place] = packed;
        }
        return abi.encodePacked(sorted);
    }
}
