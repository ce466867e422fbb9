// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Debits } from "../../src/libraries/Debits.sol";
import { SpendingKeys } from "../../src/libraries/SpendingKeys.sol";
import { Network } from "../support/Network.sol";
import { TransactionGas } from "../support/TransactionGas.sol";

/// Gas of whole settlement transactions in steady state: every slot was written before, and is cold again.
contract GasTest is Network, TransactionGas {
    event log_named_uint(string name, uint256 value);

    uint256 internal constant PAYEE_BASE = 0xFACE_0000_0000_0000;
    uint256 internal constant DELEGATE_KEY = 0xDE1E;
    uint256 internal constant MUST_100 = 1_000;
    uint256 internal constant MUST_10K = 200;
    uint256 internal constant MUST_10K_DELEGATED = 300;

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < 100; ++i) {
            fundedSession(10e18);
        }
        uint64 expires = uint64(block.timestamp + 1 days);
        for (uint32 account = 1; account <= 100; ++account) {
            vm.prank(client);
            payment.addSpendingKey(account, vm.addr(DELEGATE_KEY), 5e18, 9e18, expires, "");
        }
        // The first settlement writes every slot once; the measured one finds them as they are in steady state.
        settle(debitsOf(100, 1e18, DELEGATE_KEY), creditsOf(40, 1e16));
    }

    function debitsOf(uint32 accounts, uint96 cumulativeWei, uint256 key) internal view returns (bytes memory debits) {
        for (uint32 account = 1; account <= accounts; ++account) {
            Debits.Debit memory debit = someDebit(account, cumulativeWei + account);
            debit.count = 100 * uint32(cumulativeWei / 1e18);
            debit.epoch = currentEpoch();
            debits = bytes.concat(debits, packDebit(key, debit));
        }
    }

    function creditsOf(uint256 payees, uint96 cumulativeWei) internal pure returns (bytes memory credits) {
        for (uint256 i = 0; i < payees; ++i) {
            address payee = address(uint160(uint256(keccak256(abi.encode(PAYEE_BASE, i)))));
            credits = bytes.concat(credits, credit(payee, cumulativeWei + uint96(i)));
        }
    }

    function measure(bytes memory debits, bytes memory credits) internal returns (uint256) {
        bytes memory data =
            abi.encodeCall(payment.settle, (operator, debits, credits, keccak256("r"), keccak256("c"), ""));
        vm.cool(address(payment));
        vm.cool(address(sessions));
        vm.prank(operator);
        uint256 before = gasleft();
        (bool ok,) = address(payment).call(data);
        uint256 execution = before - gasleft();
        assertTrue(ok, "settled");
        return transactionGas(data, execution);
    }

    function test_Gas100InOneAccountWith3Payees() public {
        uint256 gas = measure(debitsOf(1, 2e18, CLIENT_KEY), creditsOf(3, 2e16));
        emit log_named_uint("100 inferences, 1 account, 3 payees: transaction", gas);
        emit log_named_uint("  per inference", gas / 100);
        assertTrue(gas / 100 <= MUST_100, "at most 1,000 an inference");
    }

    function test_Gas10000Over100AccountsWith40Payees() public {
        uint256 gas = measure(debitsOf(100, 2e18, CLIENT_KEY), creditsOf(40, 2e16));
        emit log_named_uint("10,000 inferences, 100 accounts, 40 payees: transaction", gas);
        emit log_named_uint("  per inference", gas / 10_000);
        assertTrue(gas / 10_000 <= MUST_10K, "at most 200 an inference");
    }

    function test_Gas10000Over100AccountsDelegated() public {
        uint256 gas = measure(debitsOf(100, 2e18, DELEGATE_KEY), creditsOf(40, 2e16));
        emit log_named_uint("10,000 inferences, delegated: transaction", gas);
        emit log_named_uint("  per inference", gas / 10_000);
        assertTrue(gas / 10_000 <= MUST_10K_DELEGATED, "at most 300 an inference");
    }
}
