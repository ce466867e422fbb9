// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IFreezes } from "../../src/interfaces/IFreezes.sol";

/// Freezes whom a test says. Proofs and verdicts make the real ones.
contract SetFreezes is IFreezes {
    mapping(address node => bool) public isFrozen;

    function set(address node, bool isFrozen_) external {
        isFrozen[node] = isFrozen_;
    }
}
