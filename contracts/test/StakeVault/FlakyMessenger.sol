// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IMessenger } from "../../src/interfaces/IMessenger.sol";
import { IReceiver } from "../../src/interfaces/IReceiver.sol";

/// Fails until it is repaired.
contract FlakyMessenger is IMessenger {
    bool internal _works;

    function repair() external {
        _works = true;
    }

    function send(uint64 dst, address to, bytes calldata body, uint256) external payable returns (bytes32) {
        require(_works, DestinationUnknown(dst));
        IReceiver(to).onMessage(dst, msg.sender, bytes32(0), body);
        return bytes32(0);
    }
}
