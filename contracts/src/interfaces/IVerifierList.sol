// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IVerifiers } from "./IVerifiers.sol";

/// @title IVerifierList
/// @notice The verifiers of the start-up phase: those that the owner names. It is trusted; guards take its place later.
/// @dev Owner powers, all of them: add a verifier, remove one.
interface IVerifierList is IVerifiers {
    event VerifierAdded(address indexed verifier);
    event VerifierRemoved(address indexed verifier);

    error VerifierZero();
    error VerifierKnown(address verifier);
    error VerifierUnknown(address verifier);

    /// @notice Names a verifier. Only the owner.
    function add(address verifier) external;

    /// @notice Strikes a verifier off: what it has verified holds no more. Only the owner.
    function remove(address verifier) external;
}
