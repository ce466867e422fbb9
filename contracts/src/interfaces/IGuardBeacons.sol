// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { DrandRounds } from "../libraries/DrandRounds.sol";
import { IBeacons } from "./IBeacons.sol";
import { IGuardSets } from "./IGuardSets.sol";

/// @title IGuardBeacons
/// @notice Beacons out of guards' secrets: committed to in the records of epoch e − 2 by guards of that epoch, shown in those of e − 1. Where the
/// network names a drand network, the round that is due is mixed in, if anyone posts it before e begins. Nobody has any power here.
/// @dev Warning: who shows last knows the outcome first, and may stay silent at the price of being named; with drand nobody knows it then, but
/// who keeps the round off this chain still chooses between two. Nothing that decides money hangs on a beacon alone.
interface IGuardBeacons is IBeacons {
    event BeaconCommitted(uint64 indexed epoch, address indexed guard, bytes32 commitment);
    event BeaconRevealed(uint64 indexed epoch, address indexed guard, bytes32 secret);
    /// @param isFallback It follows from the beacon before alone: anybody could foresee it.
    event BeaconClosed(uint64 indexed epoch, bytes32 beacon, uint256 revealed, bool isFallback);
    /// A round of drand is in the epoch's beacon.
    event RoundPosted(uint64 indexed epoch, uint64 round, bytes32 randomness);
    /// It committed to a secret, and didn't show it.
    event SecretMissing(uint64 indexed epoch, address indexed guard);

    error CommitOutOfTime(uint64 epoch, uint64 due);
    error RevealOutOfTime(uint64 epoch, uint64 due);
    error NotGuard(address caller, uint64 epoch);
    error GuardIsFrozen(address guard);
    error CommittedAlready(uint64 epoch, address guard);
    error NotCommitted(uint64 epoch, address guard);
    error RevealedAlready(uint64 epoch, address guard);
    error SecretForeign(bytes32 opened, bytes32 commitment);
    error BeaconUnknown(uint64 epoch);
    /// This network takes no rounds.
    error DrandNone();
    error DrandMalformed(uint256 keyBytes, uint64 periodSeconds);
    /// Rounds are taken from the first second to before the other.
    error RoundOutOfTime(uint64 epoch, uint256 from, uint256 until);
    error RoundTaken(uint64 epoch);
    /// That is no signature of the round that is due: it signs another, or is changed, or is no point of the curve's group of prime order.
    error RoundForged(uint64 epoch, uint64 round);

    /// @notice Commits to a secret of the calling guard for the beacon of the second epoch after the one whose records are open. Fixes that
    /// epoch's guard set when nobody has, so that all who commit are of one set.
    /// @param commitment `keccak256("beacon-commit-v1" ‖ chainId u256 ‖ epoch u64 ‖ guard ‖ secret)`.
    function commit(uint64 epoch, bytes32 commitment) external;

    /// @notice Shows the calling guard's secret, in the records of the epoch before.
    function reveal(uint64 epoch, bytes32 secret) external;

    /// @notice Mixes the drand round that is due (`roundDue`) into an epoch's beacon: anyone, once, from the cut-off of the epoch before (inclusive)
    /// until the epoch begins (exclusive). Reverts `CurveUnsupported` on a chain without EIP-2537.
    function postRound(uint64 epoch, DrandRounds.Signature calldata signature) external;

    /// @notice Writes down the beacons up to an epoch's, and names who didn't show. Anyone, once that beacon is known.
    function close(uint64 epoch) external;

    /// @notice Places in the set of epoch − 2 that committed, and those that showed, a bit each.
    function roundOf(uint64 epoch) external view returns (uint32 committed, uint32 revealed);

    /// @notice The first epoch that anybody committed to: beacons before it are those of a network without guards.
    /// @return epoch `NEVER` while there is none.
    function firstEpoch() external view returns (uint64 epoch);

    /// @notice The drand network whose rounds are taken; an empty key for none.
    function drand() external view returns (DrandRounds.Network memory);

    /// @notice The round that an epoch's beacon takes: the first published at or after the cut-off of the epoch before. 0 without drand.
    function roundDue(uint64 epoch) external view returns (uint64 round);

    /// @notice Randomness of the round that is in an epoch's beacon; zero without one.
    function randomnessOf(uint64 epoch) external view returns (bytes32);

    function guardSets() external view returns (IGuardSets);
}
