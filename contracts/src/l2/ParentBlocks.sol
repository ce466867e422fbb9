// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IMessenger } from "../interfaces/IMessenger.sol";
import { IL1Block, IParentBlocks } from "../interfaces/IParentBlocks.sol";
import { IReceiver } from "../interfaces/IReceiver.sol";

/// @title ParentBlocks
contract ParentBlocks is IParentBlocks {
    IMessenger public immutable messenger;
    /// @notice Chain and address of the reporter.
    uint64 public immutable reporterChainId;
    address public immutable reporter;
    /// @notice The chain's own word of its parent; zero where it has none.
    IL1Block public immutable l1Block;

    /// @inheritdoc IParentBlocks
    mapping(bytes32 blockHash => bool) public isKnown;

    constructor(IMessenger messenger_, uint64 reporterChainId_, address reporter_, IL1Block l1Block_) {
        messenger = messenger_;
        reporterChainId = reporterChainId_;
        reporter = reporter_;
        l1Block = l1Block_;
    }

    /// @inheritdoc IParentBlocks
    function note() external returns (bytes32 blockHash) {
        require(address(l1Block) != address(0), NoOwnWord());
        blockHash = l1Block.hash();
        _keep(blockHash);
    }

    /// @inheritdoc IReceiver
    function onMessage(uint64 src, address from, bytes32, bytes calldata body) external {
        require(msg.sender == address(messenger), NotMessenger(msg.sender));
        require(src == reporterChainId && from == reporter, NotReporter(src, from));
        _keep(abi.decode(body, (bytes32)));
    }

    function _keep(bytes32 blockHash) internal {
        if (isKnown[blockHash] || blockHash == 0) return;
        isKnown[blockHash] = true;
        emit BlockKnown(blockHash);
    }
}
