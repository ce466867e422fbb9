// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Network } from "../support/Network.sol";

contract WindowsTest is Network {
    uint32 internal account;
    uint256 internal day;

    function setUp() public override {
        super.setUp();
        account = fundedSession(10);
        day = (vm.getBlockTimestamp() / 1 days + 1) * 1 days;
    }

    function expectMatured(uint256 at, uint256 expectedWei, string memory label) internal {
        vm.warp(at);
        (uint256 maturedWei, uint256 maturingWei) = payment.earningsOf(operator);
        assertEq(maturedWei, expectedWei, label);
        assertEq(maturedWei + maturingWei, 10, "all of it");
    }

    function test_TheFirstSecondOfADayWaitsLongest() public {
        vm.warp(day);
        settle(clientDebit(account, 10), "");
        expectMatured(day + 2 days - 1, 0, "to the next day's last second");
        expectMatured(day + 2 days, 10, "no longer");
    }

    function test_TheLastSecondOfADayWaitsShortest() public {
        vm.warp(day + 1 days - 1);
        settle(clientDebit(account, 10), "");
        expectMatured(day + 2 days - 1, 0, "a day");
        expectMatured(day + 2 days, 10, "and a second");
    }
}
