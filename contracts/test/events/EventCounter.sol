// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Assertions } from "../support/Assertions.sol";

/// The cheat codes that keep what is emitted.
interface Recorder {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory);
}

/// Counts events: what is not to be emitted can't be expected.
abstract contract EventCounter is Assertions {
    function startCounting() internal {
        Recorder(address(vm)).recordLogs();
    }

    /// How many of one kind, by anybody, since the count began. It begins anew.
    function countOf(bytes32 selector) internal returns (uint256 count) {
        Recorder.Log[] memory logs = Recorder(address(vm)).getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == selector) count += 1;
        }
    }
}
