// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IComplianceHook
/// @notice Who may not enter: asked where money or nodes come in, never on the way out.
/// @dev A contract is made with one hook for good; another list is another version of the contract.
interface IComplianceHook {
    /// @notice Whether an account may not enter.
    function isDenied(address account) external view returns (bool);
}
