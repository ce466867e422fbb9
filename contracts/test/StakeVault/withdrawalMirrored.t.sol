// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IStakeView } from "../../src/interfaces/IStakeView.sol";
import { Network } from "../support/Network.sol";

contract WithdrawalMirroredTest is Network {
    function test_TellsTheViewOfAWithdrawalAsOfEveryChange() public {
        cor.approve(address(vault), 100);
        vault.stake(operator, 100);
        vm.prank(operator);
        vault.requestUnstake(operator, 40);
        vm.warp(vm.getBlockTimestamp() + 14 days);
        expectEvent(address(stakeView));
        emit IStakeView.StakeSeen(operator, 60, 3);
        vm.prank(operator);
        vault.withdrawUnstaked(operator, operator);
        assertEq(vault.stakeOf(operator).sequence, 3, "the vault's count");
        assertEq(stakeView.sequenceOf(operator), 3, "the view's");
    }
}
