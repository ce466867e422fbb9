// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { Debits } from "../../src/libraries/Debits.sol";
import { SpendingKeys } from "../../src/libraries/SpendingKeys.sol";
import { Network } from "../support/Network.sol";

contract KeyExpiryTest is Network {
    uint256 internal constant KEY = 0x5BE4D;

    uint32 internal account;
    address internal key = vm.addr(KEY);

    function setUp() public override {
        super.setUp();
        account = fundedSession(100);
    }

    function add(uint64 expires) internal {
        vm.prank(client);
        payment.addSpendingKey(account, key, 10, 25, expires, "");
    }

    function test_TakesTheLatestExpiryThereCanBe() public {
        uint64 latest = type(uint56).max;
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.SpendingKeyInvalid.selector, key, latest + 1));
        add(latest + 1);
        add(latest);
        assertEq(payment.spendingKeyOf(account, key).expires, latest, "expires");
    }

    /// Else revoking a key that has expired would let it spend what it may no longer.
    function test_RevokingAnExpiredKeyGivesItNoEpochBack() public {
        uint64 epoch = currentEpoch() + 2;
        uint256 epochStart = T0 + epoch * EPOCH_SECONDS;
        uint64 expires = uint64(epochStart - EPOCH_SECONDS);
        add(expires);
        vm.warp(epochStart + 1);
        vm.prank(client);
        payment.revokeSpendingKey(account, key);
        assertEq(payment.spendingKeyOf(account, key).expires, expires, "as it was");
        Debits.Debit memory debit = someDebit(account, 1);
        debit.epoch = epoch;
        bytes memory debits = packDebit(KEY, debit);
        vm.expectRevert(abi.encodeWithSelector(SpendingKeys.SpendingKeyExpired.selector, expires, epochStart));
        settle(debits, "");
    }
}
