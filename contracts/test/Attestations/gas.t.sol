// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { SignedRoots } from "../../src/libraries/SignedRoots.sol";
import { GuardNetwork } from "../support/GuardNetwork.sol";

/// Gas of whole transactions: execution, 21,000, and calldata (4 a zero byte, 16 any other; at least 10 and 40 in all). The set was fixed in an
/// earlier transaction; all but the called account is cold.
contract GasTest is GuardNetwork {
    event log_named_uint(string name, uint256 value);

    uint256 internal constant MUST_POST = 80_000;
    uint256 internal constant MUST_FREEZE = 120_000;

    function setUpSets(uint256 count) internal {
        joinAll(count, STAKE_MIN);
        fix(6);
        fix(7);
        vm.warp(T0 + 8 * EPOCH_SECONDS - 61);
        setStake(1, STAKE_MIN + 1);
    }

    function measure(bytes memory data) internal returns (uint256) {
        vm.cool(address(attestations));
        vm.cool(address(sets));
        vm.cool(address(registry));
        // What a transaction calls is warm from its start; its slots aren't.
        assertTrue(address(attestations).code.length != 0, "is there");
        vm.prank(stranger);
        uint256 before = gasleft();
        (bool ok,) = address(attestations).call(data);
        uint256 execution = before - gasleft();
        assertTrue(ok, "taken");
        uint256 tokens = 0;
        for (uint256 i = 0; i < data.length; ++i) {
            tokens += data[i] == 0 ? 1 : 4;
        }
        uint256 ordinary = 21_000 + 4 * tokens + execution;
        uint256 floor = 21_000 + 10 * tokens;
        return ordinary > floor ? ordinary : floor;
    }

    function postGas(uint32 bitmap) internal returns (uint256) {
        SignedRoots.Attestation memory attestation = someAttestation(6, keccak256("root"));
        bytes memory packed = quorumOf(attestation, bitmap);
        return measure(abi.encodeCall(attestations.post, (attestation, packed)));
    }

    function test_GasOfAQuorumOf5Of7() public {
        setUpSets(7);
        uint256 gas = postGas(0x5B);
        emit log_named_uint("a root signed by 5 guards of 7: transaction", gas);
        assertTrue(gas <= MUST_POST, "at most 80,000");
    }

    function test_GasOfAQuorumOf22Of32() public {
        setUpSets(32);
        emit log_named_uint("a root signed by 22 guards of 32: transaction", postGas(0x3FFFFF));
    }

    function test_GasOfAFreeze() public {
        setUpSets(32);
        vm.warp(T0 + 8 * EPOCH_SECONDS - 60);
        sets.fixSet(8);
        bytes memory proof = proofBy(keyOf(2), 6);
        uint256 gas = measure(abi.encodeCall(attestations.freeze, (proof)));
        emit log_named_uint("a guard of 32 frozen, in three sets: transaction", gas);
        assertTrue(gas <= MUST_FREEZE, "at most 120,000");
    }

    function test_GasOfFixingASet() public {
        setUpSets(32);
        vm.warp(T0 + 8 * EPOCH_SECONDS - 60);
        uint256 before = gasleft();
        sets.fixSet(8);
        emit log_named_uint("a set of 32 fixed, one stake changed: execution", before - gasleft());
    }
}
