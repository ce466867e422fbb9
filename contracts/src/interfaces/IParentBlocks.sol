// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IReceiver } from "./IReceiver.sol";

/// @title IParentBlocks
/// @notice Hashes of the parent chain's blocks that this chain knows of: by message of the one reporter there, and on a rollup by its own word.
interface IParentBlocks is IReceiver {
    event BlockKnown(bytes32 indexed blockHash);

    error NotMessenger(address caller);
    error NotReporter(uint64 src, address from);
    /// @notice This chain has no word of its own of its parent.
    error NoOwnWord();

    /// @notice Keeps the block of the parent that this chain itself names at the moment. Anyone.
    function note() external returns (bytes32 blockHash);

    function isKnown(bytes32 blockHash) external view returns (bool);
}

/// @title IL1Block
/// @notice What an OP Stack chain says of its parent, at `0x4200…0015`.
interface IL1Block {
    function hash() external view returns (bytes32);
}
