// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { ERC20Burnable } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import { ERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import { IBridgedCor } from "../interfaces/IBridgedCor.sol";
import { IMessenger } from "../interfaces/IMessenger.sol";
import { IReceiver } from "../interfaces/IReceiver.sol";
import { SignedTransfers } from "../onboarding/SignedTransfers.sol";

/// @title BridgedCor
contract BridgedCor is IBridgedCor, ERC20, ERC20Burnable, SignedTransfers {
    /// @notice Enough for the vault to pay an account that had none.
    uint256 public constant CROSSING_GAS = 150_000;

    IMessenger public immutable messenger;
    uint64 public immutable vaultChainId;
    address public immutable vault;

    /// @inheritdoc IBridgedCor
    uint256 public arrivedWei;
    /// @inheritdoc IBridgedCor
    uint256 public returnedWei;

    constructor(IMessenger messenger_, uint64 vaultChainId_, address vault_)
        ERC20("Cortensor", "COR")
        ERC20Permit("Cortensor")
    {
        messenger = messenger_;
        vaultChainId = vaultChainId_;
        vault = vault_;
    }

    /// @inheritdoc IBridgedCor
    function withdraw(address to, uint256 amountWei) external payable returns (bytes32 id) {
        require(amountWei != 0, AmountZero());
        require(to != address(0) && to != vault, ReceiverInvalid(to));
        returnedWei += amountWei;
        _burn(msg.sender, amountWei);
        id = messenger.send{ value: msg.value }(vaultChainId, vault, abi.encode(to, amountWei), CROSSING_GAS);
        emit Returned(msg.sender, to, amountWei, id);
    }

    /// @inheritdoc IReceiver
    function onMessage(uint64 src, address from, bytes32 id, bytes calldata body) external {
        require(msg.sender == address(messenger), NotMessenger(msg.sender));
        require(src == vaultChainId && from == vault, NotVault(src, from));
        (address to, uint256 amountWei) = abi.decode(body, (address, uint256));
        arrivedWei += amountWei;
        emit Arrived(to, amountWei, id);
        _mint(to, amountWei);
    }
}
