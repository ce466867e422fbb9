// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { MerkleProof } from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import { IAnchors } from "../interfaces/IAnchors.sol";
import { IMessenger } from "../interfaces/IMessenger.sol";
import { IReceiver } from "../interfaces/IReceiver.sol";
import { AnchorTree } from "../libraries/AnchorTree.sol";

/// @title Anchors
contract Anchors is IAnchors {
    IMessenger public immutable messenger;
    /// @notice Chain and address of the sender.
    uint64 public immutable senderChainId;
    address public immutable sender;

    /// @inheritdoc IAnchors
    mapping(uint64 number => bytes32) public rootOf;
    Last internal _last;
    /// @inheritdoc IAnchors
    bytes32 public guardSetHash;

    constructor(IMessenger messenger_, uint64 senderChainId_, address sender_) {
        messenger = messenger_;
        senderChainId = senderChainId_;
        sender = sender_;
    }

    /// @inheritdoc IReceiver
    /// @dev Whatever the order, an anchor is written once; what they reach to only grows.
    function onMessage(uint64 src, address from, bytes32, bytes calldata body) external {
        require(msg.sender == address(messenger), NotMessenger(msg.sender));
        require(src == senderChainId && from == sender, NotSender(src, from));
        (uint64 number, bytes32 root, uint64 l2Epochs, uint64 l3Epochs, bytes32 setHash) =
            abi.decode(body, (uint64, bytes32, uint64, uint64, bytes32));
        if (rootOf[number] != 0) return;
        rootOf[number] = root;
        Last memory reached = _last;
        if (number > reached.number) {
            reached.number = number;
            if (guardSetHash != setHash) guardSetHash = setHash;
        }
        if (l2Epochs > reached.l2Epochs) reached.l2Epochs = l2Epochs;
        if (l3Epochs > reached.l3Epochs) reached.l3Epochs = l3Epochs;
        _last = reached;
        emit Anchored(number, root, l2Epochs, l3Epochs, setHash);
    }

    /// @inheritdoc IAnchors
    function last() external view returns (Last memory) {
        return _last;
    }

    /// @inheritdoc IAnchors
    function isAnchored(uint64 number, Leaf calldata leaf, bytes32[] calldata path) external view returns (bool) {
        bytes32 root = rootOf[number];
        return root != 0 && MerkleProof.verifyCalldata(path, root, AnchorTree.leafOf(leaf));
    }
}
