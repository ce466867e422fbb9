// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Assertions } from "../../test/support/Assertions.sol";

/// Reads the golden vectors of guards.
abstract contract GuardVectors is Assertions {
    string internal vectors = vm.readFile("packages/protocol/vectors/guards.json");

    function index(uint256 place) internal pure returns (string memory) {
        return string.concat("[", vm.toString(place), "]");
    }

    /// JSON path of an entry of one of the lists.
    function at(string memory list, uint256 place) internal pure returns (string memory) {
        return string.concat(".", list, index(place));
    }

    function countOf(string memory path, string memory field) internal view returns (uint256 count) {
        while (vm.keyExistsJson(vectors, string.concat(path, field, index(count)))) {
            count += 1;
        }
    }

    function number(string memory path, string memory field) internal view returns (uint256) {
        return vm.parseJsonUint(vectors, string.concat(path, field));
    }

    function word(string memory path, string memory field) internal view returns (bytes32) {
        return vm.parseJsonBytes32(vectors, string.concat(path, field));
    }

    function account(string memory path, string memory field) internal view returns (address) {
        return vm.parseJsonAddress(vectors, string.concat(path, field));
    }

    function text(string memory path, string memory field) internal view returns (bytes memory) {
        return bytes(vm.parseJsonString(vectors, string.concat(path, field)));
    }

    function data(string memory path, string memory field) internal view returns (bytes memory) {
        return vm.parseJsonBytes(vectors, string.concat(path, field));
    }

    function flag(string memory path, string memory field) internal view returns (bool) {
        return vm.parseJsonBool(vectors, string.concat(path, field));
    }

    function isNull(string memory path, string memory field) internal view returns (bool) {
        return keccak256(text(path, field)) == keccak256("null");
    }

    /// Members of a set, packed.
    function membersAt(string memory path) internal view returns (bytes memory members) {
        for (uint256 i = 0; i < countOf(path, ".members"); ++i) {
            string memory member = string.concat(path, ".members", index(i));
            uint96 stakeWei = uint96(number(member, ".stakeWei"));
            members = bytes.concat(members, abi.encodePacked(account(member, ".guard"), stakeWei));
        }
    }
}
