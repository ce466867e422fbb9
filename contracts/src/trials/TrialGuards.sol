// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { StoredBytes } from "../libraries/StoredBytes.sol";

/// @title TrialGuards
/// @notice One set of guards for every epoch, named when it is made: for trials of messengers on chains that have none.
contract TrialGuards {
    uint64 public immutable t0;
    uint64 public immutable epochSeconds;
    address internal immutable _members;

    /// @param members guard 20 ‖ stakeWei u96 for each, by address.
    constructor(uint64 t0_, uint64 epochSeconds_, bytes memory members) {
        t0 = t0_;
        epochSeconds = epochSeconds_;
        _members = StoredBytes.write(members);
    }

    function storedSetAt(uint64) external view returns (address members, uint32 frozen) {
        return (_members, 0);
    }
}
