// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Messages } from "../../src/libraries/Messages.sol";
import { LinkMessenger } from "../../src/messaging/LinkMessenger.sol";

/// Keeps what it sends for a test to carry, in whatever order and as often as it likes.
contract KeptMessenger is LinkMessenger {
    Messages.Message[] internal _sent;

    constructor(Link memory link) LinkMessenger(link) { }

    function sentAt(uint256 index) external view returns (Messages.Message memory) {
        return _sent[index];
    }

    function receiveBatch(Messages.Message[] calldata messages) external {
        _receiveAll(messages);
    }

    function _dispatch(Messages.Message[] memory messages) internal override {
        require(msg.value == 0, CoinsRefused(msg.value));
        for (uint256 i = 0; i < messages.length; ++i) {
            _sent.push(messages[i]);
        }
    }
}
