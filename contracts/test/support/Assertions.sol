// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Vm } from "./Vm.sol";

/// Labelled assertions, and the cheat codes.
abstract contract Assertions {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    bool public constant IS_TEST = true;

    error NotEqualUint(string label, uint256 actual, uint256 expected);
    error NotEqualBytes32(string label, bytes32 actual, bytes32 expected);
    error NotEqualAddress(string label, address actual, address expected);
    error NotTrue(string label);

    function assertEq(uint256 actual, uint256 expected, string memory label) internal pure {
        require(actual == expected, NotEqualUint(label, actual, expected));
    }

    function assertEq(bytes32 actual, bytes32 expected, string memory label) internal pure {
        require(actual == expected, NotEqualBytes32(label, actual, expected));
    }

    function assertEq(address actual, address expected, string memory label) internal pure {
        require(actual == expected, NotEqualAddress(label, actual, expected));
    }

    function assertTrue(bool condition, string memory label) internal pure {
        require(condition, NotTrue(label));
    }

    /// Folds a fuzzed value into minimum … maximum, both inclusive.
    function bound(uint256 value, uint256 minimum, uint256 maximum) internal pure returns (uint256) {
        uint256 size = maximum - minimum + 1;
        return size == 0 ? value : minimum + value % size;
    }

    function expectEvent(address emitter) internal {
        vm.expectEmit(true, true, true, true, emitter);
    }
}
