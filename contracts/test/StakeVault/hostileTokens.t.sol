// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { StakeVault } from "../../src/l1/StakeVault.sol";
import { IStakeVault } from "../../src/interfaces/IStakeVault.sol";
import { CallingToken, KeepingToken } from "../support/HostileTokens.sol";
import { Network } from "../support/Network.sol";

contract StakeHostileTokensTest is Network {
    bytes internal reentered = abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);

    function test_RevertWhen_TheTokenKeepsAFee() public {
        KeepingToken token = new KeepingToken();
        StakeVault kept = new StakeVault(token, noCompliance, noPause, owner);
        token.approve(address(kept), 200);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.ReceivedOther.selector, 99, 100));
        kept.stake(operator, 100);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.ReceivedOther.selector, 99, 100));
        kept.delegate(operator, 100);
        assertEq(kept.stakeOf(operator).heldWei, 0, "nothing counted");
    }

    function test_RevertWhen_TheTokenCallsBack() public {
        CallingToken token = new CallingToken();
        StakeVault kept = new StakeVault(token, noCompliance, noPause, owner);
        vm.prank(owner);
        kept.proposeSlasher(address(this));
        token.approve(address(kept), 300);
        kept.stake(operator, 100);
        vm.prank(operator);
        kept.requestUnstake(operator, 50);
        vm.warp(vm.getBlockTimestamp() + 14 days);

        token.callInTransfers(address(kept), abi.encodeCall(kept.withdrawUnstaked, (operator, stranger)));
        vm.expectRevert(reentered);
        kept.stake(operator, 100);
        vm.expectRevert(reentered);
        kept.delegate(operator, 100);
        vm.expectRevert(reentered);
        vm.prank(operator);
        kept.withdrawUnstaked(operator, operator);
        vm.expectRevert(reentered);
        kept.slash(operator, 10, stranger);
        token.callInTransfers(address(kept), abi.encodeCall(kept.requestUnstake, (operator, 1)));
        vm.expectRevert(reentered);
        kept.stake(operator, 100);
        token.callInTransfers(address(kept), abi.encodeCall(kept.sync, (operator)));
        vm.expectRevert(reentered);
        kept.stake(operator, 100);
        assertEq(kept.stakeOf(operator).heldWei, 100, "nothing moved");
    }
}
