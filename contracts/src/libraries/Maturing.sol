// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Maturing
/// @notice An operator's earnings, which it may withdraw only after a whole day. Two buckets of a day each: what is earned in one
/// window matures when the next one has passed, so that each amount waits 24 to 48 hours.
library Maturing {
    using SafeCast for uint256;

    uint256 internal constant WINDOW_SECONDS = 24 hours;

    struct Earnings {
        /// Earned in `window`.
        uint96 newestWei;
        /// Earned in the window before it.
        uint96 olderWei;
        /// The chain's time / 24 hours when something was earned last.
        uint64 window;
        /// Earned before both, and not withdrawn.
        uint96 maturedWei;
    }

    /// @dev Within a window this writes one slot.
    function add(Earnings storage earnings, uint256 amountWei) internal {
        _roll(earnings);
        earnings.newestWei = (earnings.newestWei + amountWei).toUint96();
    }

    /// @notice Takes all that has matured.
    function take(Earnings storage earnings) internal returns (uint256 amountWei) {
        _roll(earnings);
        amountWei = earnings.maturedWei;
        earnings.maturedWei = 0;
    }

    /// @notice Takes all that has not matured.
    function freeze(Earnings storage earnings) internal returns (uint256 amountWei) {
        _roll(earnings);
        amountWei = uint256(earnings.newestWei) + earnings.olderWei;
        earnings.newestWei = 0;
        earnings.olderWei = 0;
    }

    /// @return maturedWei What may be withdrawn now.
    /// @return maturingWei What still waits.
    function amounts(Earnings memory earnings) internal view returns (uint256 maturedWei, uint256 maturingWei) {
        uint256 passed = _windowsPassed(earnings.window);
        maturedWei = earnings.maturedWei;
        if (passed == 0) return (maturedWei, uint256(earnings.newestWei) + earnings.olderWei);
        maturedWei += earnings.olderWei;
        if (passed == 1) return (maturedWei, earnings.newestWei);
        maturedWei += earnings.newestWei;
    }

    /// Brings the buckets to the current window.
    function _roll(Earnings storage earnings) private {
        uint256 passed = _windowsPassed(earnings.window);
        if (passed == 0) return;
        (uint256 maturedWei, uint256 maturingWei) = amounts(earnings);
        if (maturedWei != earnings.maturedWei) earnings.maturedWei = maturedWei.toUint96();
        // What still waits was earned in the window that has just passed.
        earnings.olderWei = maturingWei.toUint96();
        earnings.newestWei = 0;
        earnings.window += passed.toUint64();
    }

    function _windowsPassed(uint64 window) private view returns (uint256) {
        return block.timestamp / WINDOW_SECONDS - window;
    }
}
