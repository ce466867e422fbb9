// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Messages
/// @notice What goes between two messengers, and its name. `packages/protocol` has the same (`messageId`), bound by `vectors/messages.json`.
library Messages {
    /// The two ends of one way: a link between two chains has two ways.
    struct Way {
        uint64 src;
        address srcMessenger;
        uint64 dst;
        address dstMessenger;
    }

    struct Message {
        /// Counts what the sending messenger sent, from 1.
        uint64 nonce;
        address from;
        address to;
        /// What its receiver is called with.
        uint64 gasLimit;
        bytes body;
    }

    /// What a sender gives of a message: the rest is the messenger's.
    struct Letter {
        address to;
        uint64 gasLimit;
        bytes body;
    }

    /// Version 1 is that of `LoopbackMessenger`, whose ids name neither messengers nor gas.
    uint8 internal constant VERSION = 2;

    /// @notice No two messages of any two ways share it.
    function idOf(Way memory way, Message memory message) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(VERSION, way, message.nonce, message.from, message.to, message.gasLimit, keccak256(message.body))
        );
    }

    /// @notice A message's leaf in an outbox's Merkle tree: 32 bytes are hashed, where a node hashes 64.
    function leafOf(bytes32 id) internal pure returns (bytes32) {
        return keccak256(abi.encode(id));
    }
}
