// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IInferenceOracle } from "../../src/interfaces/IInferenceOracle.sol";
import { AskedOracle } from "../../test/support/AskedOracle.sol";
import { TransactionGas } from "../../test/support/TransactionGas.sol";

/// Gas of asking and answering, every slot cold: as a transaction costs it, its calldata and 21,000 included.
contract InferenceOracleGasTest is AskedOracle, TransactionGas {
    event log_named_uint(string name, uint256 value);

    uint256 internal constant MUST_REQUEST = 350_000;
    uint256 internal constant MUST_DELIVER = 350_000;

    function measure(string memory step, address target, bytes memory data) internal returns (uint256 gas) {
        vm.cool(address(oracle));
        vm.cool(address(queue));
        vm.cool(address(sessions));
        vm.cool(address(consumer));
        uint256 before = gasleft();
        (bool ok,) = target.call(data);
        gas = transactionGas(data, before - gasleft());
        assertTrue(ok, step);
        emit log_named_uint(step, gas);
    }

    function test_GasOfAsking() public {
        bytes memory data = abi.encodeCall(
            consumer.ask, (someQuestion(), askedTerms(IInferenceOracle.Policy.Majority, 3), someCallback())
        );
        uint256 gas = measure("request of 16 bytes, 3 copies", address(consumer), data);
        assertTrue(gas <= MUST_REQUEST, "at most 350,000");
    }

    function test_GasOfAnswering() public {
        (bytes32 taskId, IInferenceOracle.Opening[] memory opened) = ready();
        bytes memory data = abi.encodeCall(oracle.deliver, (taskId, opened));
        uint256 gas = measure("deliver 2 of 3 with a callback that stores it", address(oracle), data);
        assertTrue(gas <= MUST_DELIVER, "at most 350,000");
    }

    function test_GasOfClosing() public {
        bytes32 taskId = askedOfThree();
        vm.warp(NOW + 1 hours);
        measure("close with a callback", address(oracle), abi.encodeCall(oracle.close, (taskId)));
    }
}
