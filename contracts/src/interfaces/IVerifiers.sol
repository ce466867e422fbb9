// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IVerifiers
/// @notice Whose word counts that a node answered a challenge. A list at first, the guards later.
interface IVerifiers {
    /// @notice Whether the word of an account counts now. One that counts no more takes its earlier words with it.
    function isVerifier(address account) external view returns (bool);
}
