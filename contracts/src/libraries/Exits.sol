// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Exits
/// @notice What stands at stake leaves only after a wait, and can be slashed until it has left.
/// @dev The unit is the holder's own: wei, or shares of a pool. A later request never brings an earlier one forward: it joins
/// what is on its way, and all of it waits anew.
library Exits {
    using SafeCast for uint256;

    struct Position {
        /// What counts.
        uint128 active;
        /// On its way out: it counts no more, and is still slashable.
        uint128 exiting;
        /// From when (inclusive) all of `exiting` may leave; 0 when nothing is on its way.
        uint64 exitAt;
    }

    error AmountZero();
    error ActiveBelow(uint256 active, uint256 asked);
    error NothingExiting();
    error ExitTooEarly(uint256 exitAt);

    function add(Position storage position, uint256 amount) internal {
        require(amount != 0, AmountZero());
        position.active = (position.active + amount).toUint128();
    }

    /// @notice Moves `amount` from what counts to what is on its way out.
    function request(Position storage position, uint256 amount, uint256 delaySeconds) internal returns (uint64 exitAt) {
        require(amount != 0, AmountZero());
        require(amount <= position.active, ActiveBelow(position.active, amount));
        exitAt = (block.timestamp + delaySeconds).toUint64();
        position.active -= amount.toUint128();
        position.exiting += amount.toUint128();
        position.exitAt = exitAt;
    }

    /// @notice Lets all leave that is on its way, once it has waited.
    function withdraw(Position storage position) internal returns (uint256 amount) {
        amount = position.exiting;
        require(amount != 0, NothingExiting());
        require(block.timestamp >= position.exitAt, ExitTooEarly(position.exitAt));
        position.exiting = 0;
        position.exitAt = 0;
    }

    /// @notice Takes up to `amount`, from what counts and from what is on its way in the proportion of the two, so that asking
    /// to leave spares nobody. The odd unit is taken from what is on its way.
    function slash(Position storage position, uint256 amount) internal returns (uint256 taken) {
        uint256 exiting = position.exiting;
        uint256 held = position.active + exiting;
        if (held == 0) return 0;
        taken = Math.min(amount, held);
        uint256 fromExiting = Math.mulDiv(taken, exiting, held, Math.Rounding.Ceil);
        position.active -= (taken - fromExiting).toUint128();
        position.exiting -= fromExiting.toUint128();
        if (position.exiting == 0) position.exitAt = 0;
    }
}
