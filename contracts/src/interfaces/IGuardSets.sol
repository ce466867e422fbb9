// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IRegistry } from "./IRegistry.sol";
import { IStakeView } from "./IStakeView.sol";

/// @title IGuardSets
/// @notice The queue of those who would guard, and who guards each epoch.
/// @dev A stake view shows only the present, so an epoch's set is fixed by a transaction that anyone may send while the epoch's records are
/// open: from the cut-off of the epoch before (inclusive) until its own (exclusive). If nobody fixes it, the set before stands.
/// Owner powers, all of them: list and unlist guards of the hosted phase, until the date on chain at which it ends.
/// The deployer's, once: say which contract's attestations may freeze a guard.
interface IGuardSets {
    struct Member {
        address guard;
        uint96 stakeWei;
    }

    /// An owner's place in the queue.
    struct Place {
        /// Zero when the owner has none.
        address guard;
        /// Epoch in whose records it asked to join; it counts from the next one on.
        uint40 joinAsked;
        /// Epoch in whose records it asked to leave; `NEVER` when it didn't.
        uint40 leaveAsked;
        /// The guard signed two roots: the next set that is fixed frees the place.
        bool isFrozen;
    }

    event GuardJoined(address indexed guard, address indexed owner, uint64 recordEpoch);
    event GuardLeaving(address indexed guard, address indexed owner, uint64 recordEpoch);
    /// The guard has left, is frozen, or may no longer be one: its owner's place is free.
    event PlaceCleared(address indexed guard, address indexed owner);
    event GuardListed(address indexed guard);
    event GuardUnlisted(address indexed guard);
    event GuardSetFixed(uint64 indexed epoch, bytes32 setHash, uint256 count);
    event GuardFrozen(address indexed guard, address indexed owner);
    event AttestationsNamed(address indexed attestations);

    error GuardForeign(address guard, address owner);
    error NotGuardNode(address guard);
    error GuardIsFrozen(address guard);
    error StakeBelowMinimum(uint256 stakeWei, uint256 minimumWei);
    error PlaceTaken(address owner, address guard);
    error PlaceMissing(address owner);
    error PlaceInOrder(address owner);
    error LeavingAlready(address guard);
    error QueueFull(uint256 maximum);
    error HostedPhaseOver(uint64 hostedUntil);
    error ListUnchanged(address guard);
    error FixOutOfTime(uint64 epoch, uint64 recordEpoch);
    error FixedAlready(uint64 epoch);
    error NotAttestations(address caller);
    error NotDeployer(address caller);
    error NamedAlready(address attestations);
    error NamedElsewhere(address guardSets);
    error StakeMinimumOutOfRange(uint256 minimumWei);
    error EpochSecondsOutOfRange(uint64 epochSeconds);

    /// @notice Asks for the caller's place in the queue, or takes back its wish to leave.
    /// @param guard Signing address of an active node of the caller's with the role guard; not frozen. The caller's stake, as the view
    /// shows it, must be at least the least.
    function join(address guard) external;

    /// @notice Asks for the caller's guard to go. It stays bound until a set is fixed without it.
    function leave() external;

    /// @notice Frees the place of an owner whose stake is below the least, whose node has left, or whose guard is frozen. Anyone.
    function clear(address owner) external;

    /// @notice Fixes who guards an epoch: while its records are open, once. Anyone.
    function fixSet(uint64 epoch) external;

    /// @notice Lists a guard of the hosted phase. Only the owner, until `hostedUntil`.
    function list(address guard) external;

    /// @notice Strikes a guard off that list. Only the owner, until `hostedUntil`.
    function unlist(address guard) external;

    /// @notice Ends what a guard's word counts for, for good: in the sets whose roots may still be posted, and in all later ones. Only the
    /// named attestations.
    function freeze(address guard) external;

    /// @notice Says whose proofs freeze. Only the deployer, once.
    function nameAttestations(address attestations_) external;

    /// @notice Whether a set was fixed for this very epoch.
    function isFixed(uint64 epoch) external view returns (bool);

    /// @notice Who guards an epoch, by address: the last set fixed for it or before it. Final once the epoch's records are cut off.
    function setAt(uint64 epoch) external view returns (Member[] memory members);

    /// @notice The same as contracts read it.
    /// @return members Where (guard 20 ‖ stakeWei 12) for each, by address, are stored: see `StoredBytes`. Zero before any set was fixed.
    /// @return frozen A bit for each guard that was frozen while the epoch's roots could still be posted.
    function storedSetAt(uint64 epoch) external view returns (address members, uint32 frozen);

    /// @notice `keccak256("guard-set-v1" ‖ epoch u64 ‖ count u8 ‖ members)`.
    function setHashAt(uint64 epoch) external view returns (bytes32);

    function placeOf(address owner) external view returns (Place memory);

    /// @notice Owners with a place, in no order that matters.
    function owners() external view returns (address[] memory);

    function isFrozen(address guard) external view returns (bool);
    function isListed(address guard) external view returns (bool);
    function attestations() external view returns (address);
    function registry() external view returns (IRegistry);
    function stakeView() external view returns (IStakeView);
    function stakeMinWei() external view returns (uint96);
    /// @notice From when on (inclusive), in seconds of chain time, an epoch that begins is open to anyone.
    function hostedUntil() external view returns (uint64);
    /// @notice First epoch after the hosted phase.
    function openFromEpoch() external view returns (uint64);
    function t0() external view returns (uint64);
    function epochSeconds() external view returns (uint64);
}
