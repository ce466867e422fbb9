// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { IAnchorSender } from "../interfaces/IAnchorSender.sol";
import { IAnchors } from "../interfaces/IAnchors.sol";
import { IAttestations } from "../interfaces/IAttestations.sol";
import { IMessenger } from "../interfaces/IMessenger.sol";
import { AnchorTree } from "../libraries/AnchorTree.sol";

/// @title AnchorSender
contract AnchorSender is IAnchorSender {
    /// @notice As many roots as a block's gas surely reads: kinds of 20 chains.
    uint256 public constant REFS_MAX = 128;
    /// @notice Enough to write an anchor, what it reaches to and who guards.
    uint256 public constant ANCHOR_GAS = 200_000;

    IAttestations public immutable attestations;
    IMessenger public immutable messenger;
    uint64 public immutable anchorsChainId;
    address public immutable anchors;

    /// @inheritdoc IAnchorSender
    uint64 public count;

    constructor(IAttestations attestations_, IMessenger messenger_, uint64 anchorsChainId_, address anchors_) {
        attestations = attestations_;
        messenger = messenger_;
        anchorsChainId = anchorsChainId_;
        anchors = anchors_;
    }

    /// @inheritdoc IAnchorSender
    function send(Ref[] calldata refs) external payable returns (uint64 number, bytes32 root) {
        require(refs.length != 0 && refs.length <= REFS_MAX, RefsOutOfBounds(refs.length, REFS_MAX));
        bytes32[] memory leaves = new bytes32[](refs.length);
        uint64 l2Epochs = 0;
        uint64 l3Epochs = 0;
        for (uint256 i = 0; i < refs.length; ++i) {
            Ref calldata ref = refs[i];
            bytes32 attested = attestations.rootOf(ref.chainId, ref.kind, ref.epoch);
            require(attested != 0, NotAttested(ref.chainId, ref.kind, ref.epoch));
            leaves[i] = AnchorTree.leafOf(IAnchors.Leaf(ref.chainId, ref.kind, ref.epoch, attested));
            if (ref.chainId == block.chainid) l2Epochs = uint64(Math.max(l2Epochs, ref.epoch + 1));
            else l3Epochs = uint64(Math.max(l3Epochs, ref.epoch + 1));
        }
        number = ++count;
        root = AnchorTree.rootOf(leaves);
        bytes32 guardSetHash = attestations.guardSets().setHashAt(uint64(Math.max(l2Epochs, l3Epochs)) - 1);
        bytes memory body = abi.encode(number, root, l2Epochs, l3Epochs, guardSetHash);
        bytes32 id = messenger.send{ value: msg.value }(anchorsChainId, anchors, body, ANCHOR_GAS);
        emit AnchorSent(number, root, l2Epochs, l3Epochs, id);
    }
}
