// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IBeacons } from "../../src/interfaces/IBeacons.sol";

/// Beacons that a test can withhold. Guards make the real ones.
contract SetBeacons is IBeacons {
    uint64 public immutable t0;
    uint64 public immutable epochSeconds;
    uint64 public withheld = type(uint64).max;

    constructor(uint64 t0_, uint64 epochSeconds_) {
        t0 = t0_;
        epochSeconds = epochSeconds_;
    }

    function withhold(uint64 epoch) external {
        withheld = epoch;
    }

    function beaconOf(uint64 epoch) external view returns (bytes32) {
        return epoch == withheld ? bytes32(0) : keccak256(abi.encode("beacon", epoch));
    }
}
