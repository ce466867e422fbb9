// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IMessenger } from "../interfaces/IMessenger.sol";
import { IReceiver } from "../interfaces/IReceiver.sol";

/// @title LoopbackMessenger
/// @notice The messenger of a network whose layers share one chain: delivers within the sending transaction.
/// @dev A receiver that reverts reverts the send; nothing is left half done, and the sender may send again.
contract LoopbackMessenger is IMessenger {
    uint8 internal constant VERSION = 1;

    /// @notice Messages sent so far.
    uint64 public nonce;

    /// @inheritdoc IMessenger
    function send(uint64 dst, address to, bytes calldata body, uint256 gasLimit) external payable returns (bytes32 id) {
        require(dst == block.chainid, DestinationUnknown(dst));
        uint64 sent = ++nonce;
        id = keccak256(abi.encode(VERSION, dst, dst, sent, msg.sender, to, keccak256(body)));
        emit Sent(id, dst, msg.sender, to, sent, body);
        IReceiver(to).onMessage{ gas: gasLimit }(dst, msg.sender, id, body);
    }
}
