// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IMessenger } from "./IMessenger.sol";
import { ISlashable } from "./ISlashable.sol";

/// @title IStakeVault
/// @notice Holds every operator's stake on L1, its own and what others delegate to it, and reports it to the layers that rely on it.
/// @dev Owner powers, all of them: those of `ISlashable`, and `addMirror` up to `MIRRORS_MAX` times.
/// An operator's stake is one pool (library `Pools`): a slash costs own and delegated, active and leaving stake alike. Each holder has
/// a position in it, in shares, whose way out is that of the library `Exits`; the errors of both come from here too.
/// Warning: the token must move exactly what it is told to; a transfer that arrives short is refused.
interface IStakeVault is ISlashable {
    /// An operator's pool.
    struct Stake {
        /// What counts, own and delegated; rounded down.
        uint128 stakedWei;
        /// On its way out, still slashable; rounded down.
        uint128 unstakingWei;
        /// Coins in the pool: both, and what rounding left.
        uint128 heldWei;
        /// Grows with each change; a view ignores what is not newer.
        uint64 sequence;
    }

    /// What one holder has in an operator's pool. It falls with each slash.
    struct Position {
        uint128 stakedWei;
        /// On its way out, still slashable.
        uint128 unstakingWei;
        /// From when (inclusive) `unstakingWei` may be withdrawn; 0 when nothing is on its way.
        uint64 unstakeAt;
    }

    struct Mirror {
        IMessenger messenger;
        uint64 chainId;
        address stakeView;
    }

    event Staked(address indexed operator, address indexed holder, address indexed from, uint256 amountWei);
    event UnstakeRequested(address indexed operator, address indexed holder, uint256 amountWei, uint256 unstakeAt);
    event Unstaked(address indexed operator, address indexed holder, address indexed to, uint256 amountWei);
    event MirrorAdded(address indexed messenger, uint64 indexed chainId, address indexed stakeView);
    event MirrorFailed(address indexed operator, uint256 indexed mirror);

    error StakeBelow(uint256 stakedWei, uint256 askedWei);
    error TooManyMirrors(uint256 maximum);
    error ReceivedOther(uint256 receivedWei, uint256 expectedWei);

    /// @notice Adds to an operator's own position, from the caller's COR. What is added to somebody else's is theirs.
    function stake(address operator, uint256 amountWei) external;

    /// @notice Adds to the caller's position in an operator's pool, from the caller's COR. It counts as the operator's stake, is
    /// slashed with it, and leaves when the caller asks.
    function delegate(address operator, uint256 amountWei) external;

    /// @notice Starts the way out of a part of the caller's position: 14 days.
    /// @dev Joins what of the position is on its way already, and restarts the wait for all of it.
    /// @param operator Whose pool it is in; an operator's own position is in its own.
    function requestUnstake(address operator, uint256 amountWei) external;

    /// @notice Withdraws all of the caller's position that has waited long enough: as much as slashes have left of it.
    function withdrawUnstaked(address operator, address to) external returns (uint256 amountWei);

    /// @notice Sends an operator's stake to every mirror again. Anyone.
    /// @dev Each messenger may spend all the gas that is left, where a change of stake gives it a bounded part.
    function sync(address operator) external;

    /// @notice Adds a mirror for good. Only the owner.
    function addMirror(IMessenger messenger, uint64 chainId, address stakeView) external;

    function stakeOf(address operator) external view returns (Stake memory);
    function positionOf(address operator, address holder) external view returns (Position memory);
    /// @notice Gas with which a report surely leaves to every mirror. A change of stake is refused (`Callbacks.GasBelow`) without what the next takes.
    function reportGas() external view returns (uint256);
    function mirrorCount() external view returns (uint256);
    function mirrorAt(uint256 index) external view returns (Mirror memory);
}
