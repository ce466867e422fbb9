// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { EpochRoots } from "../../src/libraries/EpochRoots.sol";
import { PayNetwork } from "./PayNetwork.sol";

/// Gas of the two steps by which duties are paid: execution, without the 21,000 of a transaction and its calldata. Every slot is cold; the tree
/// has 1,024 validators.
contract DutyPayGasTest is PayNetwork {
    event log_named_uint(string name, uint256 value);

    uint256 internal constant STEP_MOST = 120_000;
    uint256 internal constant HEIGHT = 10;

    function measure(string memory label, bytes memory data) internal {
        vm.cool(address(pay));
        vm.cool(address(payment));
        vm.cool(address(posted));
        vm.cool(address(registry));
        vm.cool(address(cor));
        uint256 before = gasleft();
        (bool ok,) = address(pay).call(data);
        uint256 gas = before - gasleft();
        assertTrue(ok, label);
        assertTrue(gas <= STEP_MOST, label);
        emit log_named_uint(label, gas);
    }

    function postTall(uint64 epoch, uint96 annsWei)
        internal
        returns (EpochRoots.EpochRoot memory parts, bytes32[] memory path)
    {
        path = new bytes32[](HEIGHT);
        bytes32 node = leafOf(ann, annsWei);
        for (uint256 i = 0; i < HEIGHT; ++i) {
            path[i] = keccak256(abi.encode(epoch, i));
            node = pairOf(node, path[i]);
        }
        parts = EpochRoots.EpochRoot({ fromEpoch: epoch, epoch: epoch, count: 1_024, merkleRoot: node });
        posted.set(uint64(block.chainid), KIND, epoch, rootOf(parts));
    }

    function test_GasOfPayingDuties() public {
        creditFund(100);
        measure("collect", abi.encodeCall(pay.collect, (lanes())));
        (EpochRoots.EpochRoot memory parts, bytes32[] memory path) = postTall(7, 60);
        measure("claim, first", abi.encodeCall(pay.claim, (ann, 60, parts, path)));
        (parts, path) = postTall(8, 70);
        measure("claim, later", abi.encodeCall(pay.claim, (ann, 70, parts, path)));
    }
}
