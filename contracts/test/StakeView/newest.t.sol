// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IStakeView } from "../../src/interfaces/IStakeView.sol";
import { Network } from "../support/Network.sol";

contract NewestTest is Network {
    function deliver(uint96 stakedWei, uint64 sequence) internal {
        vm.prank(address(messenger));
        stakeView.onMessage(
            uint64(block.chainid), address(vault), bytes32(0), abi.encode(operator, stakedWei, sequence)
        );
    }

    function test_EmitsWhatItSees() public {
        expectEvent(address(stakeView));
        emit IStakeView.StakeSeen(operator, 11, 5);
        deliver(11, 5);
    }

    function test_KeepsTheFirstOfTwoMessagesWithOneSequence() public {
        deliver(11, 5);
        deliver(22, 5);
        assertEq(stakeView.stakeOf(operator), 11, "the first");
        deliver(33, 6);
        assertEq(stakeView.stakeOf(operator), 33, "the next");
    }
}
