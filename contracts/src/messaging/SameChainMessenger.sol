// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IPauseHook } from "../interfaces/IPauseHook.sol";
import { Messages } from "../libraries/Messages.sol";
import { LinkMessenger } from "./LinkMessenger.sol";

/// @title SameChainMessenger
/// @notice The loopback: both ends of its link are itself. Delivers within the sending transaction, as `LoopbackMessenger` does; a receiver that
/// fails keeps its message back for another try, as between chains, where that one reverts the sender.
contract SameChainMessenger is LinkMessenger {
    constructor(IPauseHook pause_) LinkMessenger(Link(uint64(block.chainid), address(this), pause_)) { }

    function _dispatch(Messages.Message[] memory messages) internal override {
        require(msg.value == 0, CoinsRefused(msg.value));
        _receiveAll(messages);
    }
}
