// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Refusals } from "./Refusals.sol";

/// @title Seats
/// @notice Rounds in which each of at most eight seats is heard once: sets of seats are bits, the first seat's the lowest.
library Seats {
    error Already(address sender);

    /// @notice The seat of a sender among those that are awaited, and its bit. Refuses one that has none, and one that was heard.
    function free(address[] storage seats, address by, uint8 awaited, uint8 arrived)
        internal
        view
        returns (uint256 seat, uint8 mask)
    {
        uint256 count = seats.length;
        while (seat < count && seats[seat] != by) seat += 1;
        require(seat < count && awaited >> seat & 1 != 0, Refusals.NotYours(by));
        mask = uint8(1 << seat);
        require(arrived & mask == 0, Already(by));
    }
}
