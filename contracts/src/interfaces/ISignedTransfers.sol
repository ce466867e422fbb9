// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title ISignedTransfers
/// @notice Coins that their holder gives to a contract by one signature, which says what for.
interface ISignedTransfers {
    event TransferSigned(address indexed from, bytes32 indexed nonce, address indexed taker, bytes32 purpose);

    error TransferExpired(uint64 deadline);
    error TransferNonceUsed(address from, bytes32 nonce);
    error TransferForeign(address recovered, address from);

    /// @notice Moves `amountWei` of `from` to the caller, by `from`'s EIP-712 `SignedTransfer(address from,address taker,uint256 amountWei,
    /// bytes32 nonce,uint64 deadline,` followed by `purposeType`, under this token's domain. The taker is the caller.
    /// @param deadline Chain time until which (inclusive) it may be used.
    /// @param purposeType The field's type and name, a closing bracket, and the types that it refers to: what the holder is shown.
    /// @param purpose Its EIP-712 hash. The taker must have made it itself of what it does: nobody else reads it.
    function takeSigned(
        address from,
        uint256 amountWei,
        bytes32 nonce,
        uint64 deadline,
        string calldata purposeType,
        bytes32 purpose,
        bytes calldata signature
    ) external;

    /// @notice The digest of the word that used a holder's nonce up; zero while none did. Nonces have no order.
    function takenBy(address from, bytes32 nonce) external view returns (bytes32 digest);
}
