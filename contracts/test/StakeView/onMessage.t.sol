// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IMessenger } from "../../src/interfaces/IMessenger.sol";
import { IStakeView } from "../../src/interfaces/IStakeView.sol";
import { Network } from "../support/Network.sol";

contract OnMessageTest is Network {
    function deliver(uint64 src, address from, uint96 stakedWei, uint64 sequence) internal {
        vm.prank(address(messenger));
        stakeView.onMessage(src, from, bytes32(0), abi.encode(operator, stakedWei, sequence));
    }

    function test_RevertWhen_TheCallerIsNotTheMessenger() public {
        vm.expectRevert(abi.encodeWithSelector(IStakeView.NotMessenger.selector, stranger));
        vm.prank(stranger);
        stakeView.onMessage(uint64(block.chainid), address(vault), bytes32(0), abi.encode(operator, 1, 1));
    }

    function test_RevertWhen_TheSenderIsNotTheVault() public {
        uint64 chainId = uint64(block.chainid);
        vm.expectRevert(abi.encodeWithSelector(IStakeView.NotVault.selector, chainId, stranger));
        deliver(chainId, stranger, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeView.NotVault.selector, chainId + 1, address(vault)));
        deliver(chainId + 1, address(vault), 1, 1);
        // Through the messenger itself: a stranger's message names the stranger.
        vm.expectRevert(abi.encodeWithSelector(IStakeView.NotVault.selector, chainId, stranger));
        vm.prank(stranger);
        messenger.send(chainId, address(stakeView), abi.encode(operator, 1, 1), 200_000);
    }

    function testFuzz_ShowsTheNewestWhateverTheOrder(uint64 firstSequence, uint64 secondSequence) public {
        firstSequence = uint64(bound(firstSequence, 1, 1e9));
        secondSequence = uint64(bound(secondSequence, 1, 1e9));
        deliver(uint64(block.chainid), address(vault), 11, firstSequence);
        deliver(uint64(block.chainid), address(vault), 22, secondSequence);
        assertEq(stakeView.stakeOf(operator), secondSequence > firstSequence ? 22 : 11, "newest");
        deliver(uint64(block.chainid), address(vault), 33, 1);
        assertEq(stakeView.stakeOf(operator), secondSequence > firstSequence ? 22 : 11, "a double changes nothing");
    }

    function test_RevertWhen_TheMessengerIsAskedForAnotherChain() public {
        vm.expectRevert(abi.encodeWithSelector(IMessenger.DestinationUnknown.selector, 99));
        messenger.send(99, address(stakeView), "", 1);
    }
}
