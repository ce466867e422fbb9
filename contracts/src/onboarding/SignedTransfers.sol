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
    mapping(address from => mapping(bytes32 nonce => bytes32 digest)) public takenBy;

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
        require(takenBy[from][nonce] == 0, TransferNonceUsed(from, nonce));
        bytes32 structHash = Orders.hashTransfer(
            Orders.Transfer(from, msg.sender, amountWei, nonce, deadline), bytes(purposeType), purpose
        );
        bytes32 digest = _hashTypedDataV4(structHash);
        address recovered = ECDSA.recoverCalldata(digest, signature);
        require(recovered == from, TransferForeign(recovered, from));
        takenBy[from][nonce] = digest;
        emit TransferSigned(from, nonce, msg.sender, purpose);
        _transfer(from, msg.sender, amountWei);
    }
}
