// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Prompts
/// @notice A chat of at most two messages, and greedy sampling parameters, in the one encoding that the network hashes.
library Prompts {
    uint8 internal constant VERSION = 1;
    uint8 internal constant KIND_CHAT = 1;
    uint8 internal constant ROLE_SYSTEM = 0;
    uint8 internal constant ROLE_USER = 1;
    /// @notice Real-valued parameters are counted in millionths.
    int32 internal constant ONE_MICROS = 1_000_000;

    /// @notice A user's message, after a system message unless that is empty: version 1 ‖ kind 1 ‖ messages 4, each
    /// (role 1 ‖ length 4 ‖ UTF-8), big-endian.
    function encodeChat(bytes memory system, bytes memory user) internal pure returns (bytes memory) {
        bytes memory asked = abi.encodePacked(ROLE_USER, uint32(user.length), user);
        if (system.length == 0) return abi.encodePacked(VERSION, KIND_CHAT, uint32(1), asked);
        return abi.encodePacked(VERSION, KIND_CHAT, uint32(2), ROLE_SYSTEM, uint32(system.length), system, asked);
    }

    /// @notice Always the likeliest token, so that honest miners of one kernel class make the same text: temperature 0, top-p 1,
    /// min-p 0, no penalties, top-K 1, no seed, biases or stop texts.
    function greedyParams(uint32 maxTokens) internal pure returns (bytes memory) {
        // temperature, topP, minP, presence, frequency.
        bytes memory reals = abi.encodePacked(int32(0), ONE_MICROS, int32(0), int32(0), int32(0));
        // topK, maxTokens, no userSeed, biases, stop texts.
        return abi.encodePacked(VERSION, reals, uint8(1), maxTokens, uint8(0), uint16(0), uint8(0));
    }
}
