// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IMessenger } from "./IMessenger.sol";
import { ISlashable } from "./ISlashable.sol";

/// @title IStakeVault
/// @notice Holds every operator's stake on L1 and reports it to the layers that rely on it.
/// @dev Owner powers, all of them: those of `ISlashable`, and `addMirror` up to `MIRRORS_MAX` times.
/// Warning: the token must move exactly what it is told to; a transfer that arrives short is refused.
interface IStakeVault is ISlashable {
    struct Stake {
        uint96 stakedWei;
        /// On its way out, still slashable.
        uint96 unstakingWei;
        /// From when (inclusive) `unstakingWei` may be withdrawn; 0 when nothing is on its way.
        uint64 unstakeAt;
        /// Grows with each change of `stakedWei`; a view ignores what is not newer.
        uint64 sequence;
    }

    struct Mirror {
        IMessenger messenger;
        uint64 chainId;
        address stakeView;
    }

    event Staked(address indexed operator, address indexed from, uint256 amountWei, uint256 stakedWei);
    event UnstakeRequested(address indexed operator, uint256 amountWei, uint256 unstakeAt);
    event Unstaked(address indexed operator, uint256 amountWei, address indexed to);
    event MirrorAdded(address indexed messenger, uint64 indexed chainId, address indexed stakeView);
    event MirrorFailed(address indexed operator, uint256 indexed mirror);

    error AmountZero();
    error StakeBelow(uint256 stakedWei, uint256 askedWei);
    error NothingUnstaking(address operator);
    error UnstakeTooEarly(uint256 unstakeAt);
    error TooManyMirrors(uint256 maximum);
    error ReceivedOther(uint256 receivedWei, uint256 expectedWei);

    /// @notice Adds to an operator's stake, from the caller's COR. What is added to somebody else's stake is theirs.
    function stake(address operator, uint256 amountWei) external;

    /// @notice Starts the caller's way out: `amountWei` may be withdrawn 14 days later.
    /// @dev Joins what is on its way already, and restarts the wait for all of it.
    function requestUnstake(uint256 amountWei) external;

    /// @notice Withdraws all that has waited long enough.
    function withdrawUnstaked(address to) external returns (uint256 amountWei);

    /// @notice Sends an operator's stake to every mirror again. Anyone.
    function sync(address operator) external;

    /// @notice Adds a mirror for good. Only the owner.
    function addMirror(IMessenger messenger, uint64 chainId, address stakeView) external;

    function stakeOf(address operator) external view returns (Stake memory);
    function mirrorCount() external view returns (uint256);
    function mirrorAt(uint256 index) external view returns (Mirror memory);
}
