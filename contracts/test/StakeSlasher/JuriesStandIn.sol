// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IMessenger } from "../../src/interfaces/IMessenger.sol";
import { IReceiver } from "../../src/interfaces/IReceiver.sol";

/// Stands for the juries: sends verdicts, and hears that they were carried out.
contract JuriesStandIn is IReceiver {
    uint64 public answered;

    function send(IMessenger messenger, address slasher, bytes calldata body) external {
        messenger.send(uint64(block.chainid), slasher, body, 1_500_000);
    }

    function onMessage(uint64, address, bytes32, bytes calldata body) external {
        answered = abi.decode(body, (uint64));
    }
}
