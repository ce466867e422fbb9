// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Draws } from "../libraries/Draws.sol";

/// @title IJudges
/// @notice Who is able to judge a result: the part of it that doesn't depend on the dispute. A contract beside the juries, because one contract
/// has no room for both.
/// @dev Nobody has any power here, and nothing is kept.
interface IJudges {
    /// @notice Whether a node is a miner or a guard, verified, of a kernel class, pinging and staked since before a draw's candidates were fixed, and no
    /// guard that signed two roots.
    /// @param mustValidate Also a guard of the draw's epoch, or of a level that validates.
    function isAble(address node, bytes32 kernelClass, Draws.Window calldata window, bool mustValidate)
        external
        view
        returns (bool);
}
