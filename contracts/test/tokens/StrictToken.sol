// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { ERC20Burnable } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";

/// Refuses to move or burn nothing, as some tokens do.
contract StrictToken is ERC20Burnable {
    error MovesNothing(address from, address to);

    constructor() ERC20("Strict", "STRICT") {
        _mint(msg.sender, 1_000);
    }

    function _update(address from, address to, uint256 value) internal override {
        require(value != 0, MovesNothing(from, to));
        super._update(from, to, value);
    }
}
