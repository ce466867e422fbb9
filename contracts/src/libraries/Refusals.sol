// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Refusals
/// @notice Why a machine with deadlines takes no event. A refused event changes nothing. The names are those of `packages/protocol`.
library Refusals {
    /// A figure isn't one that can be.
    error OutOfRange(bytes32 field, uint256 value);
    /// Earlier than what happened before.
    error ClockBack(uint256 atSeconds);
    /// `expire` before its time.
    error NotDue(uint256 deadline);
    /// Something ran out: `expire` comes first.
    error DeadlineDue(uint256 deadline);
    /// Its sender isn't who may.
    error NotYours(address sender);

    /// @notice First second that no machine knows: times are kept in 40 bits.
    uint256 internal constant SECONDS_END = 1 << 40;

    function requireSecond(uint256 second) internal pure {
        require(second < SECONDS_END, OutOfRange("nowSeconds", second));
    }

    function requireWithin(bytes32 field, uint256 value, uint256 least, uint256 most) internal pure {
        require(value >= least && value <= most, OutOfRange(field, value));
    }
}
