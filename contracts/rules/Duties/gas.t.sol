// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { DutyNetwork } from "./DutyNetwork.sol";

/// Gas of a validator's three steps at their largest, 32 guards in the set: execution, without the 21,000 of a transaction and its calldata. Every
/// slot is cold.
contract DutiesGasTest is DutyNetwork {
    event log_named_uint(string name, uint256 value);

    uint256 internal constant STEP_MOST = 150_000;

    function setUp() public override {
        super.setUp();
        for (uint256 number = 5; number <= 32; ++number) {
            registerNode(number, 4);
            setStake(number, STAKE_MIN);
            join(number);
        }
        for (uint64 epoch = 7; epoch <= 20; ++epoch) {
            fix(epoch);
        }
        assertEq(sets.setAt(20).length, 32, "32 guards");
    }

    function measure(string memory label, bytes memory data) internal {
        vm.cool(address(duties));
        vm.cool(address(registry));
        vm.cool(address(sets));
        vm.cool(address(stakeView));
        vm.prank(guardOf(1));
        uint256 before = gasleft();
        (bool ok,) = address(duties).call(data);
        uint256 gas = before - gasleft();
        assertTrue(ok, label);
        assertTrue(gas <= STEP_MOST, label);
        emit log_named_uint(label, gas);
    }

    function test_GasOfEachStep() public {
        bytes32 commitment = commitmentOf(21, 1);
        measure("commit", abi.encodeCall(duties.commit, (21, commitment)));
        warpToEpoch(22);
        measure("commitVerdicts", abi.encodeCall(duties.commitVerdicts, (21, verdictsOf(21, 1))));
        warpToEpoch(23);
        measure("show", abi.encodeCall(duties.show, (21, secretOf(21, 1), CID, OUTCOMES)));
        measure("plant", abi.encodeCall(duties.plant, (keccak256("plant"))));
    }
}
