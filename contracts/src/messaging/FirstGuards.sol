// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Ownable, Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";
import { IFirstGuards } from "../interfaces/IFirstGuards.sol";
import { IGuardSets } from "../interfaces/IGuardSets.sol";
import { StoredBytes } from "../libraries/StoredBytes.sol";

/// @title FirstGuards
contract FirstGuards is IFirstGuards, Ownable2Step {
    /// @notice As many as a set of `GuardSets` has: a bit for each in 32.
    uint256 public constant GUARDS_MAX = 32;
    /// @notice They count alike, whatever they have at stake.
    uint96 public constant WEIGHT = 1 ether;

    uint64 public immutable t0;
    uint64 public immutable epochSeconds;
    address internal immutable _first;

    /// @inheritdoc IFirstGuards
    IGuardSets public guardSets;

    constructor(address[] memory first, uint64 t0_, uint64 epochSeconds_, address owner) Ownable(owner) {
        require(first.length != 0, GuardsNone());
        require(first.length <= GUARDS_MAX, GuardsTooMany(first.length, GUARDS_MAX));
        bytes memory members = "";
        address before = address(0);
        for (uint256 i = 0; i < first.length; ++i) {
            require(first[i] > before, GuardsUnordered(first[i]));
            before = first[i];
            members = bytes.concat(members, abi.encodePacked(first[i], WEIGHT));
        }
        _first = StoredBytes.write(members);
        t0 = t0_;
        epochSeconds = epochSeconds_;
    }

    /// @inheritdoc IFirstGuards
    function succeed(IGuardSets successor) external onlyOwner {
        require(address(guardSets) == address(0), SucceededAlready(address(guardSets)));
        (uint64 theirT0, uint64 theirSeconds) = (successor.t0(), successor.epochSeconds());
        require(theirT0 == t0 && theirSeconds == epochSeconds, EpochsOther(theirT0, theirSeconds));
        guardSets = successor;
        emit Succeeded(address(successor));
    }

    /// @inheritdoc IFirstGuards
    function storedSetAt(uint64 epoch) external view returns (address members, uint32 frozen) {
        if (address(guardSets) != address(0)) (members, frozen) = guardSets.storedSetAt(epoch);
        // One byte stands before what is stored: a set that nobody is in has no more.
        if (members.code.length <= 1) return (_first, 0);
    }
}
