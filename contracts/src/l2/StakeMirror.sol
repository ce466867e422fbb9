// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IMessenger } from "../interfaces/IMessenger.sol";
import { IParentBlocks } from "../interfaces/IParentBlocks.sol";
import { IReceiver } from "../interfaces/IReceiver.sol";
import { IStakeMirror } from "../interfaces/IStakeMirror.sol";
import { IStakeView } from "../interfaces/IStakeView.sol";
import { StakeProofs } from "../libraries/StakeProofs.sol";

/// @title StakeMirror
contract StakeMirror is IStakeMirror {
    using SafeCast for uint256;

    struct Seen {
        uint96 stakedWei;
        uint64 sequence;
    }

    IMessenger public immutable messenger;
    /// @notice Chain and address of the vault.
    uint64 public immutable vaultChainId;
    address public immutable vault;
    /// @inheritdoc IStakeMirror
    IParentBlocks public immutable blocks;

    mapping(address operator => Seen) internal _seen;

    constructor(IMessenger messenger_, uint64 vaultChainId_, address vault_, IParentBlocks blocks_) {
        messenger = messenger_;
        vaultChainId = vaultChainId_;
        vault = vault_;
        blocks = blocks_;
    }

    /// @inheritdoc IReceiver
    function onMessage(uint64 src, address from, bytes32, bytes calldata body) external {
        require(msg.sender == address(messenger), NotMessenger(msg.sender));
        require(src == vaultChainId && from == vault, NotVault(src, from));
        (address operator, uint96 stakedWei, uint64 sequence) = abi.decode(body, (address, uint96, uint64));
        _take(operator, stakedWei, sequence);
    }

    /// @inheritdoc IStakeMirror
    function prove(address operator, StakeProofs.Proof calldata proof) external {
        bytes32 blockHash = keccak256(proof.header);
        require(blocks.isKnown(blockHash), BlockUnknown(blockHash));
        (uint256 stakedWei, uint64 sequence) = StakeProofs.read(vault, operator, proof);
        _take(operator, stakedWei.toUint96(), sequence);
    }

    /// @inheritdoc IStakeView
    function stakeOf(address operator) external view returns (uint256 stakedWei) {
        return _seen[operator].stakedWei;
    }

    /// @inheritdoc IStakeView
    function sequenceOf(address operator) external view returns (uint64) {
        return _seen[operator].sequence;
    }

    function _take(address operator, uint96 stakedWei, uint64 sequence) internal {
        if (sequence <= _seen[operator].sequence) return;
        _seen[operator] = Seen(stakedWei, sequence);
        emit StakeSeen(operator, stakedWei, sequence);
    }
}
