// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IRouters } from "../../src/interfaces/IRouters.sol";

/// Operators and their routers, a list that anybody may write on.
contract RouterList is IRouters {
    mapping(address signer => address) public ownerOf;

    function set(address signer, address operator) external {
        ownerOf[signer] = operator;
    }

    function isRouterOf(address signer, address operator) external view returns (bool) {
        return operator != address(0) && ownerOf[signer] == operator;
    }

    function wasRouterOf(address signer, address operator) external view returns (bool) {
        return operator != address(0) && ownerOf[signer] == operator;
    }
}
