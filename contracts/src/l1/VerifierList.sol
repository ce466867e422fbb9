// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Ownable, Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";
import { IVerifierList } from "../interfaces/IVerifierList.sol";
import { IVerifiers } from "../interfaces/IVerifiers.sol";

/// @title VerifierList
contract VerifierList is IVerifierList, Ownable2Step {
    /// @inheritdoc IVerifiers
    mapping(address account => bool) public isVerifier;

    constructor(address owner) Ownable(owner) { }

    /// @inheritdoc IVerifierList
    function add(address verifier) external onlyOwner {
        require(verifier != address(0), VerifierZero());
        require(!isVerifier[verifier], VerifierKnown(verifier));
        isVerifier[verifier] = true;
        emit VerifierAdded(verifier);
    }

    /// @inheritdoc IVerifierList
    function remove(address verifier) external onlyOwner {
        require(isVerifier[verifier], VerifierUnknown(verifier));
        isVerifier[verifier] = false;
        emit VerifierRemoved(verifier);
    }
}
