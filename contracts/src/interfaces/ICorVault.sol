// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IReceiver } from "./IReceiver.sol";

/// @title ICorVault
/// @notice Holds the COR that is in use one layer down. Nobody has any power here: what comes out went in, by the word of the one token below.
/// @dev On the L1 it holds COR itself, on the L2 what is COR there. What is burned below stays locked for ever.
interface ICorVault is IReceiver {
    event Locked(address indexed from, address indexed to, uint256 amountWei, bytes32 id);
    event Released(address indexed to, uint256 amountWei, bytes32 id);

    error AmountZero();
    /// @notice Nobody could have it there.
    error ReceiverInvalid(address to);
    error ReceivedOther(uint256 receivedWei, uint256 amountWei);
    error NotMessenger(address caller);
    error NotChildCor(uint64 src, address from);
    /// @notice More than ever went down and didn't come back.
    error LockedBelow(uint256 lockedWei, uint256 amountWei);

    /// @notice Locks the caller's COR; as much comes to `to` on the layer below. Refused while paused, and by or for a denied account. Coins that come
    /// along pay for the way where its messenger takes any.
    function lock(address to, uint256 amountWei) external payable returns (bytes32 id);

    /// @notice What went down and didn't come back, with what is on its way.
    function lockedWei() external view returns (uint256);
}
