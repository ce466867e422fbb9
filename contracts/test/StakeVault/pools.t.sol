// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Pools } from "../../src/libraries/Pools.sol";
import { Assertions } from "../support/Assertions.sol";

contract PoolsTest is Assertions {
    using Pools for Pools.Pool;

    /// Beside them stand a thousand shares of nobody's: together a million for each that a wei is worth at first.
    uint128 internal constant SHARES_MAX = 1_000 * 1_000_000 - 1_000;

    Pools.Pool internal pool;

    function enter(uint256 amountWei) external returns (uint256) {
        return pool.enter(amountWei);
    }

    function test_TakesCoinsUntilAShareIsWorthLessThanAMillionthOfWhatItBeganWith() public {
        pool.shares = SHARES_MAX;
        assertEq(this.enter(1), 1_000 * 1_000_000, "a millionth still counts");
        assertEq(pool.heldWei, 1, "in the pool");
        (pool.heldWei, pool.shares) = (0, SHARES_MAX + 1);
        vm.expectRevert(abi.encodeWithSelector(Pools.PoolSpent.selector, 0, SHARES_MAX + 1));
        this.enter(1);
    }
}
