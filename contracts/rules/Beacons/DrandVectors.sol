// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { DrandRounds } from "../../src/libraries/DrandRounds.sol";
import { BeaconNetwork } from "./BeaconNetwork.sol";

/// Guards with secrets, on a network that takes the rounds of a drand network whose key everybody knows.
abstract contract DrandVectors is BeaconNetwork {
    /// By it round 1915 is due in the beacon of epoch 8, and round 2115 in that of epoch 9.
    uint64 internal constant GENESIS = 999_000;
    uint64 internal constant PERIOD_SECONDS = 3;
    /// Rounds of the vectors.
    uint256 internal constant OF_QUICKNET = 0;
    uint256 internal constant DUE = 1;
    uint256 internal constant BEFORE = 2;
    uint256 internal constant DUE_NEXT = 3;
    uint256 internal constant OF_ANOTHER_KEY = 4;

    string internal drandVectors = vm.readFile("packages/protocol/vectors/drand.json");

    function keyAt(uint256 place) internal view returns (bytes memory) {
        return vm.parseJsonBytes(drandVectors, string.concat(".networks[", vm.toString(place), "].publicKey"));
    }

    function drandNetwork() internal view override returns (DrandRounds.Network memory) {
        return DrandRounds.Network({ publicKey: keyAt(1), genesis: GENESIS, periodSeconds: PERIOD_SECONDS });
    }

    function roundAt(uint256 place) internal pure returns (string memory) {
        return string.concat(".rounds[", vm.toString(place), "]");
    }

    function signatureAt(string memory path) internal view returns (DrandRounds.Signature memory) {
        bytes memory point = vm.parseJsonBytes(drandVectors, string.concat(path, ".signature"));
        return abi.decode(point, (DrandRounds.Signature));
    }

    function signatureOf(uint256 place) internal view returns (DrandRounds.Signature memory) {
        return signatureAt(roundAt(place));
    }

    function randomnessAt(uint256 place) internal view returns (bytes32) {
        return vm.parseJsonBytes32(drandVectors, string.concat(roundAt(place), ".randomness"));
    }

    function numberOf(uint256 place) internal view returns (uint64) {
        return uint64(vm.parseJsonUint(drandVectors, string.concat(roundAt(place), ".round")));
    }

    /// When an epoch's round may be posted: first second, and the first at which it is too late.
    function windowOf(uint64 epoch) internal pure returns (uint256 from, uint256 until) {
        until = T0 + uint256(epoch) * EPOCH_SECONDS;
        from = until - EPOCH_SECONDS / 10;
    }

    function warpToWindow(uint64 epoch) internal {
        (uint256 from,) = windowOf(epoch);
        vm.warp(from);
    }
}
