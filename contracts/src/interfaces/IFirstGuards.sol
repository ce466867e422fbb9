// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IGuardSets } from "./IGuardSets.sol";

/// @title IFirstGuards
/// @notice Who signs for a link by quorum: guards that are named when it is made, until the chain's own `GuardSets` has a set with somebody in it. What
/// that one selects from comes over the link, so that somebody has to sign first.
/// @dev The owner names the successor, once. It can change neither the first guards nor, afterwards, who follows.
interface IFirstGuards {
    event Succeeded(address indexed guardSets);

    error GuardsNone();
    error GuardsTooMany(uint256 guards, uint256 most);
    /// @notice Guards stand by ascending address, each once: it is how their signatures are packed.
    error GuardsUnordered(address guard);
    error SucceededAlready(address guardSets);
    /// @notice The successor counts epochs otherwise.
    error EpochsOther(uint64 t0, uint64 epochSeconds);

    /// @notice Names who selects guards from now on. Only the owner, once.
    function succeed(IGuardSets successor) external;

    /// @notice Zero until it is named.
    function guardSets() external view returns (IGuardSets);

    /// @notice As `IGuardSets` says it: the successor's where it has anybody for the epoch, else the first guards.
    function storedSetAt(uint64 epoch) external view returns (address members, uint32 frozen);
}
