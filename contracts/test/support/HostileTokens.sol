// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { Address } from "@openzeppelin/contracts/utils/Address.sol";

/// Keeps one wei of each transfer.
contract KeepingToken is ERC20 {
    constructor() ERC20("Keeping", "KEEP") {
        _mint(msg.sender, 1_000);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from != address(0) && to != address(0)) super._update(to, address(0), 1);
    }
}

/// Calls whoever it is told to in the middle of each transfer, as a receiver's hook would.
contract CallingToken is ERC20 {
    address internal _target;
    bytes internal _data;

    constructor() ERC20("Calling", "CALL") {
        _mint(msg.sender, 1_000);
    }

    function callInTransfers(address target, bytes calldata data) external {
        _target = target;
        _data = data;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (_target != address(0)) Address.functionCall(_target, _data);
    }
}
