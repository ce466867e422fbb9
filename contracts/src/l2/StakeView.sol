// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IMessenger } from "../interfaces/IMessenger.sol";
import { IReceiver } from "../interfaces/IReceiver.sol";
import { IStakeView } from "../interfaces/IStakeView.sol";

/// @title StakeView
contract StakeView is IStakeView {
    struct Seen {
        uint96 stakedWei;
        uint64 sequence;
    }

    IMessenger public immutable messenger;
    /// @notice Chain and address of the vault.
    uint64 public immutable vaultChainId;
    address public immutable vault;

    mapping(address operator => Seen) internal _seen;

    constructor(IMessenger messenger_, uint64 vaultChainId_, address vault_) {
        messenger = messenger_;
        vaultChainId = vaultChainId_;
        vault = vault_;
    }

    /// @inheritdoc IReceiver
    /// @dev A message that is not newer than what is known changes nothing: they may come twice, or out of order.
    function onMessage(uint64 src, address from, bytes32, bytes calldata body) external {
        require(msg.sender == address(messenger), NotMessenger(msg.sender));
        require(src == vaultChainId && from == vault, NotVault(src, from));
        (address operator, uint96 stakedWei, uint64 sequence) = abi.decode(body, (address, uint96, uint64));
        if (sequence <= _seen[operator].sequence) return;
        _seen[operator] = Seen(stakedWei, sequence);
        emit StakeSeen(operator, stakedWei, sequence);
    }

    /// @inheritdoc IStakeView
    function stakeOf(address operator) external view returns (uint256 stakedWei) {
        return _seen[operator].stakedWei;
    }

    /// @inheritdoc IStakeView
    function sequenceOf(address operator) external view returns (uint64) {
        return _seen[operator].sequence;
    }
}
