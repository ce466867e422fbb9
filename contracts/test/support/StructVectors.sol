// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Assertions } from "./Assertions.sol";

/// Reads the golden vectors of hashed structs.
abstract contract StructVectors is Assertions {
    string internal structs = vm.readFile("packages/protocol/vectors/structs.json");

    /// JSON path of a struct's vector.
    function at(string memory name) internal view returns (string memory) {
        for (uint256 i = 0; i < 64; ++i) {
            string memory path = string.concat(".structs[", vm.toString(i), "]");
            if (!vm.keyExistsJson(structs, path)) break;
            string memory found = vm.parseJsonString(structs, string.concat(path, ".name"));
            if (keccak256(bytes(found)) == keccak256(bytes(name))) return path;
        }
        revert NotTrue(string.concat("no vector for ", name));
    }

    function number(string memory path, string memory field) internal view returns (uint256) {
        return vm.parseJsonUint(structs, string.concat(path, ".message.", field));
    }

    function word(string memory path, string memory field) internal view returns (bytes32) {
        return vm.parseJsonBytes32(structs, string.concat(path, field));
    }

    function account(string memory path, string memory field) internal view returns (address) {
        return vm.parseJsonAddress(structs, string.concat(path, ".message.", field));
    }
}
