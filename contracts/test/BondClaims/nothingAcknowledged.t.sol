// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IBondClaims } from "../../src/interfaces/IBondClaims.sol";
import { ClaimsNetwork } from "./ClaimsNetwork.sol";

contract NothingAcknowledgedTest is ClaimsNetwork {
    function test_RevertWhen_TheAcknowledgementEndsWhereTheAssignmentBeganOrBefore() public {
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NothingOwed.selector, 0, 0));
        this.claim(10, 10);
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NothingOwed.selector, 0, 0));
        this.claim(10, 9);
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NothingOwed.selector, 0, 0));
        this.claim(10, 0);
    }

    function claim(uint32 from, uint32 position) external returns (bytes32) {
        return openCheckpoint(assignmentOf(0, from, 1e15), acknowledgementOf(0, position));
    }
}
