// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ClaimsNetwork } from "./ClaimsNetwork.sol";

contract SmallestClaimTest is ClaimsNetwork {
    function test_PunishesAWeiThatWasNotPaid() public {
        bytes32 id = openNote(signedNote(1));
        passDay();
        uint256 supplyWei = cor.totalSupply();
        assertEq(bondClaims.finalise(id), 1, "paid");
        assertEq(bondHeld(), BOND - 2, "and as much again");
        assertEq(supplyWei - cor.totalSupply(), 1, "which no share of is a wei: burned");
    }
}
