// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { SessionPayment } from "../../src/l2/SessionPayment.sol";
import { Network } from "../support/Network.sol";

contract EpochsTest is Network {
    function test_CountsEpochsFromTheFirstSecondOfEach() public {
        vm.warp(T0);
        assertEq(payment.currentEpoch(), 0, "the first");
        vm.warp(T0 + EPOCH_SECONDS - 1);
        assertEq(payment.currentEpoch(), 0, "to its last second");
        vm.warp(T0 + EPOCH_SECONDS);
        assertEq(payment.currentEpoch(), 1, "the second");
        vm.warp(T0 + 7 * EPOCH_SECONDS);
        assertEq(payment.currentEpoch(), 7, "the eighth");
    }

    function make(SessionPayment.Parts memory parts) external returns (SessionPayment) {
        return new SessionPayment(parts);
    }

    function test_RevertWhen_AnEpochLastsNoTime() public {
        SessionPayment.Parts memory parts = partsWith(cor);
        parts.epochSeconds = 0;
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.EpochSecondsZero.selector));
        this.make(parts);
        parts.epochSeconds = 1;
        assertEq(this.make(parts).epochSeconds(), 1, "a second is enough");
    }
}
