// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IGrants
/// @notice What owners took back of what they had granted: of one grant by its hash, or of an object by the hash of its kept half.
/// @dev Nobody has any power here but over its own grants: what an address takes back counts for grants that it signed, and for no others. Nothing that
/// was taken back is ever given again: whoever wants to grant anew signs another grant.
interface IGrants {
    event GrantRevoked(address indexed owner, bytes32 indexed grantHash);
    event ObjectRevoked(address indexed owner, bytes32 indexed keptHash);

    error HashZero();
    error KnownRevoked(address owner, bytes32 hash);

    /// @notice Takes back one grant of the caller's, once.
    /// @param grantHash The grant's EIP-712 struct hash; not zero.
    function revoke(bytes32 grantHash) external;

    /// @notice Takes back every grant of the caller's on one object, also such as are signed later, once.
    /// @param keptHash Of the object's kept half, which each of its grants names; not zero.
    function revokeObject(bytes32 keptHash) external;

    /// @notice Since when a grant is taken back, in seconds of chain time: itself, or all of its object. Zero where it isn't.
    function revokedAt(address owner, bytes32 grantHash, bytes32 keptHash) external view returns (uint64);
}
