// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { Pools } from "./Pools.sol";

/// @title Holdings
/// @notice Where the contracts of a network keep what is whose, and what their words say. A test reads real contracts by it.
library Holdings {
    /// @notice Slots of `BridgedCor`, `Sessions`, `SessionPayment`, `RouterBond`, `StakeVault` and `LinkMessenger`.
    uint256 internal constant BALANCES_SLOT = 0;
    uint256 internal constant SESSIONS_SLOT = 1;
    uint256 internal constant ACCOUNTS_SLOT = 0;
    uint256 internal constant LANES_SLOT = 1;
    uint256 internal constant LANE_LIST_SLOT = 3;
    uint256 internal constant CREDITS_SLOT = 7;
    uint256 internal constant EARNINGS_SLOT = 8;
    uint256 internal constant BONDS_SLOT = 5;
    uint256 internal constant STAKES_SLOT = 5;
    uint256 internal constant POSITIONS_SLOT = 6;
    uint256 internal constant STATES_SLOT = 1;

    function at(address key, uint256 slot) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(key, slot)));
    }

    function at(uint32 key, uint256 slot) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(key, slot)));
    }

    function at(bytes32 key, uint256 slot) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(key, slot)));
    }

    /// The first element of a list whose length is at `slot`.
    function first(uint256 slot) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(slot)));
    }

    /// `ISessionPayment.Account`.
    function account(uint256 word) internal pure returns (uint256 depositWei, uint256 allottedWei) {
        return (uint96(word), uint96(word >> 96));
    }

    /// `ISessionPayment.Lane`.
    function spentWei(uint256 word) internal pure returns (uint256) {
        return uint96(word >> 96);
    }

    /// `Credits.Credit`.
    function owedWei(uint256 word) internal pure returns (uint256) {
        return uint96(word) - uint96(word >> 96);
    }

    /// The first word of `Maturing.Earnings`.
    function earnedWei(uint256 word) internal pure returns (uint256) {
        return uint256(uint96(word)) + uint96(word >> 96);
    }

    /// The first word of `Exits.Position`: what counts, and what is on its way.
    function positionOf(uint256 word) internal pure returns (uint256) {
        return uint256(uint128(word)) + (word >> 128);
    }

    /// Coins of a position in a `Pools.Pool`.
    function sharesWei(uint256 position, uint256 pool) internal pure returns (uint256) {
        return
            Math.mulDiv(positionOf(position), uint128(pool) + Pools.VIRTUAL_WEI, (pool >> 128) + Pools.VIRTUAL_SHARES);
    }
}
