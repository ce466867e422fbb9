// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ILinkMessenger } from "../interfaces/ILinkMessenger.sol";
import { IRegistry } from "../interfaces/IRegistry.sol";
import { IRegistryReporter } from "../interfaces/IRegistryReporter.sol";
import { Messages } from "../libraries/Messages.sol";

/// @title RegistryReporter
contract RegistryReporter is IRegistryReporter {
    /// @notice Enough for a mirror to write a node whose texts are as long as they may be, where none was.
    uint64 public constant REPORT_GAS = 1_500_000;

    IRegistry public immutable registry;
    ILinkMessenger public immutable messenger;
    uint64 public immutable mirrorChainId;
    address public immutable mirror;

    /// @inheritdoc IRegistryReporter
    mapping(address signer => uint64) public sequenceOf;

    constructor(IRegistry registry_, ILinkMessenger messenger_, uint64 mirrorChainId_, address mirror_) {
        registry = registry_;
        messenger = messenger_;
        mirrorChainId = mirrorChainId_;
        mirror = mirror_;
    }

    /// @inheritdoc IRegistryReporter
    /// @dev How many go at once is the messenger's bound.
    function report(address[] calldata signers) external payable returns (bytes32[] memory ids) {
        Messages.Letter[] memory letters = new Messages.Letter[](signers.length);
        for (uint256 i = 0; i < signers.length; ++i) {
            letters[i] = Messages.Letter(mirror, REPORT_GAS, abi.encode(_reportOf(signers[i])));
        }
        ids = messenger.sendMany{ value: msg.value }(mirrorChainId, letters);
        for (uint256 i = 0; i < signers.length; ++i) {
            emit NodeReported(signers[i], sequenceOf[signers[i]], ids[i]);
        }
    }

    function _reportOf(address signer) internal returns (Report memory) {
        IRegistry.Node memory node = registry.nodeOf(signer);
        require(node.owner != address(0), NodeUnknown(signer));
        return Report({
            signer: signer,
            sequence: ++sequenceOf[signer],
            node: node,
            verification: registry.verificationOf(signer),
            wasRouter: registry.wasRouterOf(signer, node.owner),
            isVerified: registry.isVerified(signer)
        });
    }
}
