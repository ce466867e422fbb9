// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { DrandRounds } from "../../src/libraries/DrandRounds.sol";
import { Beacons } from "../../src/l2/guards/Beacons.sol";
import { GuardNetwork } from "../../test/support/GuardNetwork.sol";

/// Guards with secrets.
abstract contract BeaconNetwork is GuardNetwork {
    Beacons internal beacons;

    function setUp() public virtual override {
        super.setUp();
        beacons = new Beacons(sets, drandNetwork());
        joinAll(4, STAKE_MIN);
        warpToEpoch(6);
    }

    /// Whose rounds are taken: nobody's.
    function drandNetwork() internal view virtual returns (DrandRounds.Network memory none) { }

    function secretOf(uint64 epoch, uint256 number) internal pure returns (bytes32) {
        return keccak256(abi.encode("secret", epoch, number));
    }

    function commitmentOf(uint64 epoch, uint256 number) internal view returns (bytes32) {
        return keccak256(
            abi.encodePacked("beacon-commit-v1", block.chainid, epoch, guardOf(number), secretOf(epoch, number))
        );
    }

    function commit(uint64 epoch, uint256 number) internal {
        bytes32 commitment = commitmentOf(epoch, number);
        vm.prank(guardOf(number));
        beacons.commit(epoch, commitment);
    }

    function reveal(uint64 epoch, uint256 number) internal {
        vm.prank(guardOf(number));
        beacons.reveal(epoch, secretOf(epoch, number));
    }

    function withoutGuards(uint64 epoch) internal view returns (bytes32) {
        return keccak256(abi.encodePacked("beacon-v1", block.chainid, epoch));
    }

    /// The rule, written again: whose bits are set in `numbers` showed their secrets.
    function beaconFrom(uint64 epoch, bytes32 previous, uint32 numbers) internal view returns (bytes32) {
        return beaconFrom(epoch, previous, numbers, 0, 0);
    }

    function beaconFrom(uint64 epoch, bytes32 previous, uint32 numbers, uint64 round, bytes32 randomness)
        internal
        view
        returns (bytes32)
    {
        bytes memory secrets;
        uint8 count = 0;
        for (uint256 place = 0; place < sets.setAt(epoch - 2).length; ++place) {
            uint256 number = numberAt(epoch - 2, place);
            if (numbers >> number & 1 == 0) continue;
            secrets = bytes.concat(secrets, abi.encodePacked(guardOf(number), secretOf(epoch, number)));
            count += 1;
        }
        return
            keccak256(abi.encodePacked("beacon-v2", block.chainid, epoch, previous, count, secrets, round, randomness));
    }
}
