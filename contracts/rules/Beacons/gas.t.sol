// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { DrandVectors } from "./DrandVectors.sol";

/// Gas of posting a drand round: execution, without the 21,000 of a transaction and its calldata. Every slot is cold.
contract BeaconGasTest is DrandVectors {
    event log_named_uint(string name, uint256 value);

    uint256 internal constant ROUND_MOST = 220_000;

    function test_GasOfARound() public {
        commit(8, 1);
        warpToWindow(8);
        bytes memory data = abi.encodeCall(beacons.postRound, (8, signatureOf(DUE)));
        vm.cool(address(beacons));
        vm.cool(address(sets));
        uint256 before = gasleft();
        (bool isTaken,) = address(beacons).call(data);
        uint256 gas = before - gasleft();
        assertTrue(isTaken, "taken");
        assertTrue(gas <= ROUND_MOST, "gas");
        emit log_named_uint("drand round", gas);
    }
}
