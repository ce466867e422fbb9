// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISessions } from "../../src/interfaces/ISessions.sol";
import { Draws } from "../../src/libraries/Draws.sol";
import { NodeNetwork } from "../support/NodeNetwork.sol";

/// Gas of a node's life and of a draw, at its largest: execution, without the 21,000 of a transaction and its calldata. Every slot is cold.
contract NodePoolGasTest is NodeNetwork {
    event log_named_uint(string name, uint256 value);

    uint256 internal constant NODES = 40;
    uint256 internal constant CLAIM_MOST = 400_000;
    uint256 internal constant DRAW_MOST = 4_000_000;

    uint32 internal account;
    address[] internal nodes;

    function setUp() public override {
        super.setUp();
        ISessions.SessionParams memory params = someParams();
        (params.minNumOfNodes, params.maxNumOfNodes) = (16, 16);
        account = openSession(params);
        for (uint256 i = 0; i < NODES; ++i) {
            nodes.push(nodeInPool(i, 3));
        }
    }

    function measure(string memory label, address sender, bytes memory data) internal returns (uint256 gas) {
        vm.cool(address(pool));
        vm.cool(address(registry));
        vm.cool(address(weights));
        vm.prank(sender);
        uint256 before = gasleft();
        (bool ok,) = address(pool).call(data);
        gas = before - gasleft();
        assertTrue(ok, label);
        emit log_named_uint(label, gas);
    }

    function test_GasOfAPing() public {
        wait(60);
        measure("ping", nodes[0], abi.encodeCall(pool.ping, ()));
    }

    function test_GasOfTheLargestDraw() public {
        measure("request", client, abi.encodeCall(pool.request, (account)));
        vm.warp(startOf(epochNow() + 2));
        uint256 most = 0;
        for (uint256 i = 0; i < NODES; ++i) {
            bytes memory data = abi.encodeCall(pool.claim, (account, nodes[i]));
            vm.cool(address(pool));
            uint256 before = gasleft();
            (bool ok,) = address(pool).call(data);
            uint256 gas = before - gasleft();
            if (ok && gas > most) most = gas;
        }
        emit log_named_uint("claim, at most, into a list of 32", most);
        assertTrue(most <= CLAIM_MOST, "a claim's gas is bounded");
        wait(300);
        uint256 drawGas = measure("draw of 16 nodes", stranger, abi.encodeCall(pool.draw, (account)));
        assertTrue(drawGas <= DRAW_MOST, "a draw's gas is bounded");
        address drawn = pool.drawnFor(account)[0];
        measure("beginTask", client, abi.encodeCall(pool.beginTask, (account, drawn)));
        measure("endTask", client, abi.encodeCall(pool.endTask, (account, drawn)));
        measure("release", client, abi.encodeCall(pool.release, (account, drawn)));
    }

    function test_GasOfTheHeaviestTickets() public {
        uint256 before = gasleft();
        Draws.lowestTicket(0, keccak256("beacon"), keccak256("subject"), nodes[0], 64);
        emit log_named_uint("64 tickets", before - gasleft());
    }
}
