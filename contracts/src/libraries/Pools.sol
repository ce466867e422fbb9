// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Pools
/// @notice One heap of coins that many hold shares of: what is taken from the heap is lost by all of them alike.
/// @dev Every rounding is for the heap, against whoever calls. A pool counts its own coins, so that coins sent to the contract
/// move no price; and nobody is ever first in it, because 1,000 shares that nobody owns stand beside one coin that isn't there.
/// A price that rounding has pushed up costs the next one in a thousandth of the push at most.
library Pools {
    using SafeCast for uint256;

    struct Pool {
        uint128 heldWei;
        uint128 shares;
    }

    uint256 internal constant VIRTUAL_SHARES = 1_000;
    uint256 internal constant VIRTUAL_WEI = 1;
    /// @notice A pool whose shares are worth less than a millionth of what they began with takes nothing more: shares would
    /// become so many that they fit no number.
    uint256 internal constant LOSS_MAX = 1_000_000;

    error PoolSpent(uint256 heldWei, uint256 shares);

    /// @notice Puts coins in. Returns the shares that they are worth, rounded down; 0 when they are worth none.
    function enter(Pool storage pool, uint256 amountWei) internal returns (uint256 shares) {
        uint256 all = pool.shares + VIRTUAL_SHARES;
        uint256 heldWei = pool.heldWei + VIRTUAL_WEI;
        require(all <= heldWei * VIRTUAL_SHARES * LOSS_MAX, PoolSpent(pool.heldWei, pool.shares));
        shares = Math.mulDiv(amountWei, all, heldWei);
        pool.heldWei += amountWei.toUint128();
        pool.shares += shares.toUint128();
    }

    /// @notice Takes shares out. Returns the coins that they are worth, rounded down.
    function leave(Pool storage pool, uint256 shares) internal returns (uint256 amountWei) {
        amountWei = toWeiDown(pool, shares);
        pool.heldWei -= amountWei.toUint128();
        pool.shares -= shares.toUint128();
    }

    /// @notice Takes up to `amountWei` from everybody alike.
    function take(Pool storage pool, uint256 amountWei) internal returns (uint256 takenWei) {
        takenWei = Math.min(amountWei, pool.heldWei);
        pool.heldWei -= takenWei.toUint128();
    }

    function toWeiDown(Pool storage pool, uint256 shares) internal view returns (uint256) {
        return Math.mulDiv(shares, pool.heldWei + VIRTUAL_WEI, pool.shares + VIRTUAL_SHARES);
    }

    function toSharesUp(Pool storage pool, uint256 amountWei) internal view returns (uint256) {
        return Math.mulDiv(amountWei, pool.shares + VIRTUAL_SHARES, pool.heldWei + VIRTUAL_WEI, Math.Rounding.Ceil);
    }
}
