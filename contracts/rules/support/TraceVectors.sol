// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Assertions } from "../../test/support/Assertions.sol";

/// Reads traces of golden vectors, and holds refusals against them: each has the same name on both sides, written with a capital here.
abstract contract TraceVectors is Assertions {
    error NotRefusedAs(string label, bytes4 actual, string expected);

    mapping(bytes32 names => mapping(bytes32 name => uint256)) internal places;

    function at(string memory path, string memory field, uint256 index) internal pure returns (string memory) {
        return string.concat(path, field, "[", vm.toString(index), "]");
    }

    function isSame(string memory left, string memory right) internal pure returns (bool) {
        return keccak256(bytes(left)) == keccak256(bytes(right));
    }

    /// Learns the places of names in a list, in which they are parted by one space each.
    function learn(string memory names) internal {
        bytes memory all = bytes(names);
        uint256 from = 0;
        uint256 count = 0;
        for (uint256 to = 0; to <= all.length; ++to) {
            if (to < all.length && all[to] != " ") continue;
            places[keccak256(bytes(names))][keccak256(bytes(slice(all, from, to)))] = ++count;
            from = to + 1;
        }
    }

    /// The place of a name in a list that was learnt.
    function indexIn(string memory names, string memory name) internal view returns (uint256) {
        uint256 place = places[keccak256(bytes(names))][keccak256(bytes(name))];
        require(place != 0, string.concat("unknown name: ", name));
        return place - 1;
    }

    /// Holds what a call gave against an outcome: `moved`, or the name of a refusal.
    function assertOutcome(bool ok, bytes memory given, string memory outcome, string memory label) internal pure {
        if (isSame(outcome, "moved")) {
            assertTrue(ok, label);
            return;
        }
        assertTrue(!ok, label);
        bytes4 actual = bytes4(given);
        require(actual == selectorOf(outcome), NotRefusedAs(label, actual, outcome));
    }

    /// The selector of a refusal's error.
    function selectorOf(string memory refusal) internal pure virtual returns (bytes4);

    function slice(bytes memory all, uint256 from, uint256 to) private pure returns (string memory) {
        bytes memory part = new bytes(to - from);
        for (uint256 i = from; i < to; ++i) {
            part[i - from] = all[i];
        }
        return string(part);
    }
}
