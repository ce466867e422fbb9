// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Clones } from "@openzeppelin/contracts/proxy/Clones.sol";

/// @title Purses
/// @notice Where an order's purse stands on the serving chain, as every chain computes it.
library Purses {
    /// @notice The first contract that `onboarding` makes: what all its purses are clones of.
    function firstOf(address onboarding) internal pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encodePacked(hex"d694", onboarding, hex"01")))));
    }

    function addressOf(address onboarding, bytes32 digest) internal pure returns (address) {
        return Clones.predictDeterministicAddress(firstOf(onboarding), digest, onboarding);
    }
}
