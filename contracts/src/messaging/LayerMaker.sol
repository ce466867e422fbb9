// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Create3 } from "@openzeppelin/contracts/utils/Create3.sol";
import { ILayerMaker } from "../interfaces/ILayerMaker.sol";

/// @title LayerMaker
contract LayerMaker is ILayerMaker {
    /// @inheritdoc ILayerMaker
    address public immutable deployer;

    constructor() {
        deployer = msg.sender;
    }

    /// @inheritdoc ILayerMaker
    function make(bytes32 name, bytes calldata creation) external returns (address made, bytes32 codeHash) {
        require(msg.sender == deployer, NotDeployer(msg.sender));
        made = addressOf(name);
        require(made.code.length == 0, MadeAlready(name, made));
        Create3.deploy(0, name, creation);
        codeHash = made.codehash;
        emit Made(name, made, codeHash);
    }

    /// @inheritdoc ILayerMaker
    function addressOf(bytes32 name) public view returns (address) {
        return Create3.computeAddress(name);
    }
}
