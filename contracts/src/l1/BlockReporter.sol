// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IMessenger } from "../interfaces/IMessenger.sol";

/// @title BlockReporter
/// @notice Tells the layer below the hash of this chain's last block, so that what stands here can be proved there. Anyone may have it told.
contract BlockReporter {
    /// @notice Enough to keep one hash.
    uint256 public constant REPORT_GAS = 100_000;

    IMessenger public immutable messenger;
    uint64 public immutable blocksChainId;
    address public immutable blocks;

    event BlockReported(uint256 indexed number, bytes32 blockHash, bytes32 id);

    constructor(IMessenger messenger_, uint64 blocksChainId_, address blocks_) {
        messenger = messenger_;
        blocksChainId = blocksChainId_;
        blocks = blocks_;
    }

    /// @notice Reports the block before this one.
    function report() external payable returns (bytes32 id) {
        uint256 number = block.number - 1;
        bytes32 blockHash = blockhash(number);
        id = messenger.send{ value: msg.value }(blocksChainId, blocks, abi.encode(blockHash), REPORT_GAS);
        emit BlockReported(number, blockHash, id);
    }
}
