// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { ISignedTransfers } from "../interfaces/ISignedTransfers.sol";
import { Orders } from "../libraries/Orders.sol";

/// @title SignedTransfers
/// @notice What makes COR takeable by one signature, on every chain that it stands on. Nobody has any power here.
abstract contract SignedTransfers is ISignedTransfers, ERC20Permit {
    /// @inheritdoc ISignedTransfers
    mapping(address from => mapping(bytes32 nonce => bool)) public isNonceUsed;

    /// @inheritdoc ISignedTransfers
    function takeSigned(
        address from,
        uint256 amountWei,
        bytes32 nonce,
        uint64 deadline,
        string calldata purposeType,
        bytes32 purpose,
        bytes calldata signature
    ) external {
        require(block.timestamp <= deadline, TransferExpired(deadline));
        require(!isNonceUsed[from][nonce], TransferNonceUsed(from, nonce));
        bytes32 structHash = Orders.hashTransfer(
            Orders.Transfer(from, msg.sender, amountWei, nonce, deadline), bytes(purposeType), purpose
        );
        address recovered = ECDSA.recoverCalldata(_hashTypedDataV4(structHash), signature);
        require(recovered == from, TransferForeign(recovered, from));
        isNonceUsed[from][nonce] = true;
        emit TransferSigned(from, nonce, msg.sender, purpose);
        _transfer(from, msg.sender, amountWei);
    }
}
