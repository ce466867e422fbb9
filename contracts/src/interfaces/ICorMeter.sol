// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title ICorMeter
/// @notice How much COR a message moves, as its receiver will read it. A messenger is made with one for good.
interface ICorMeter {
    /// @dev Reverts for a body that its receiver wouldn't read.
    function corOf(uint64 src, address from, address to, bytes calldata body) external view returns (uint256 corWei);
}
