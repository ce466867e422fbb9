// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Network } from "../support/Network.sol";

contract PartsTest is Network {
    function test_NamesEveryPartThatItWasMadeOf() public view {
        assertEq(address(payment.cor()), address(cor), "cor");
        assertEq(address(payment.sessions()), address(sessions), "sessions");
        assertEq(address(payment.routers()), address(registry), "routers");
        assertEq(address(payment.complianceHook()), address(noCompliance), "complianceHook");
        assertEq(address(payment.pauseHook()), address(noPause), "pauseHook");
        assertEq(address(payment.royaltyHook()), address(noRoyalty), "royaltyHook");
        assertEq(payment.setChallenges(), address(challenges), "setChallenges");
        assertEq(payment.t0(), T0, "t0");
        assertEq(payment.epochSeconds(), EPOCH_SECONDS, "epochSeconds");
    }
}
