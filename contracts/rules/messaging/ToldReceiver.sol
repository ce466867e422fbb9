// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IReceiver } from "../../src/interfaces/IReceiver.sol";

/// A receiver that does as it is told, and notes each message that it took.
contract ToldReceiver is IReceiver {
    enum Conduct {
        Take,
        Fail,
        FailLong,
        BurnGas,
        Call
    }

    error Told();

    Conduct public conduct;
    address public target;
    bytes public callData;
    bool public callSucceeded;
    uint256 public tried;
    mapping(bytes32 id => uint256) public timesTaken;
    uint64 public src;
    address public from;
    bytes public body;
    uint256 public gasGiven;

    function behave(Conduct conduct_) external {
        conduct = conduct_;
    }

    function beCalling(address target_, bytes calldata callData_) external {
        (conduct, target, callData) = (Conduct.Call, target_, callData_);
    }

    function onMessage(uint64 src_, address from_, bytes32 id, bytes calldata body_) external {
        gasGiven = gasleft();
        if (conduct == Conduct.Fail) revert Told();
        if (conduct == Conduct.FailLong) {
            assembly {
                revert(0, 100000)
            }
        }
        if (conduct == Conduct.BurnGas) {
            for (uint256 i = 0;; ++i) {
                tried += i;
            }
        }
        timesTaken[id] += 1;
        (src, from, body) = (src_, from_, body_);
        if (conduct == Conduct.Call) (callSucceeded,) = target.call(callData);
    }
}
