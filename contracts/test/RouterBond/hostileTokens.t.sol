// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { RouterBond } from "../../src/l2/RouterBond.sol";
import { IRouterBond } from "../../src/interfaces/IRouterBond.sol";
import { CallingToken, KeepingToken } from "../support/HostileTokens.sol";
import { Network } from "../support/Network.sol";

contract BondHostileTokensTest is Network {
    function test_RevertWhen_TheTokenKeepsAFee() public {
        KeepingToken token = new KeepingToken();
        RouterBond kept = new RouterBond(token, owner);
        token.approve(address(kept), 100);
        vm.expectRevert(abi.encodeWithSelector(IRouterBond.ReceivedOther.selector, 99, 100));
        kept.deposit(operator, 100);
        assertEq(kept.bondOf(operator).bondWei, 0, "nothing counted");
    }

    function test_RevertWhen_TheTokenCallsBack() public {
        bytes memory reentered = abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        CallingToken token = new CallingToken();
        RouterBond kept = new RouterBond(token, owner);
        vm.prank(owner);
        kept.proposeSlasher(address(this));
        token.approve(address(kept), 200);
        kept.deposit(operator, 100);
        vm.prank(operator);
        kept.requestExit(50);
        vm.warp(vm.getBlockTimestamp() + 7 days);

        token.callInTransfers(address(kept), abi.encodeCall(kept.withdraw, (stranger)));
        vm.expectRevert(reentered);
        kept.deposit(operator, 100);
        vm.expectRevert(reentered);
        vm.prank(operator);
        kept.withdraw(operator);
        vm.expectRevert(reentered);
        kept.slash(operator, 10, stranger);
        IRouterBond.Bond memory held = kept.bondOf(operator);
        assertEq(uint256(held.bondWei) + held.exitingWei, 100, "nothing moved");
    }
}
