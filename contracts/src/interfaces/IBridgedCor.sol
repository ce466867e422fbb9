// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IReceiver } from "./IReceiver.sol";

/// @title IBridgedCor
/// @notice COR on a layer below another: each coin is one that the vault there holds. Nobody has any power here.
/// @dev Made by the vault's message alone; taken back by its holder, who then has it there.
interface IBridgedCor is IReceiver {
    event Arrived(address indexed to, uint256 amountWei, bytes32 id);
    event Returned(address indexed from, address indexed to, uint256 amountWei, bytes32 id);

    error AmountZero();
    error ReceiverInvalid(address to);
    error NotMessenger(address caller);
    error NotVault(uint64 src, address from);

    /// @notice Burns the caller's COR here; `to` has it one layer up once the message is there. No hook is asked on the way out.
    function withdraw(address to, uint256 amountWei) external payable returns (bytes32 id);

    /// @notice All that ever arrived.
    function arrivedWei() external view returns (uint256);
    /// @notice All that ever went back. What arrived less this and less `totalSupply` was burned.
    function returnedWei() external view returns (uint256);
}
