// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IBridgedCor } from "../../src/interfaces/IBridgedCor.sol";
import { ICorVault } from "../../src/interfaces/ICorVault.sol";
import { ILinkMessenger } from "../../src/interfaces/ILinkMessenger.sol";
import { Hooks } from "../../src/libraries/Hooks.sol";
import { Messages } from "../../src/libraries/Messages.sol";
import { CorLayers } from "./CorLayers.sol";

contract CorLayersTest is CorLayers {
    function setUp() public {
        makeLayers();
    }

    function arrived(address to, uint256 amountWei) internal {
        onL1();
        uint256 index = down.nonce();
        vault.lock(to, amountWei);
        carryDown(index);
    }

    function test_WhatIsLockedIsMintedBelowOnce() public {
        bytes32 id = vault.lock(alice, 5 ether);
        assertEq(cor.balanceOf(address(vault)), 5 ether, "held");
        assertEq(bridged.totalSupply(), 0, "on its way");
        assertEq(down.sentAt(0).gasLimit, 150_000, "with what a first balance takes");
        carryDown(0);
        carryDown(0);
        assertEq(bridged.balanceOf(alice), 5 ether, "hers");
        assertEq(bridged.arrivedWei(), 5 ether, "once");
        assertEq(uint256(up.stateOf(id)), uint256(ILinkMessenger.State.Delivered), "delivered");
    }

    function test_WhatIsWithdrawnIsPaidAboveOnce() public {
        arrived(alice, 5 ether);
        vm.prank(alice);
        bytes32 id = bridged.withdraw(alice, 2 ether);
        assertEq(bridged.balanceOf(alice), 3 ether, "burned at once");
        assertEq(vault.lockedWei(), 5 ether, "still locked");
        Messages.Message[] memory messages = one(up.sentAt(0));
        onL1();
        vm.expectEmit(true, true, true, true, address(vault));
        emit ICorVault.Released(alice, 2 ether, id);
        down.receiveBatch(messages);
        carryUp(0);
        assertEq(cor.balanceOf(alice), 2 ether, "paid");
        assertEq(vault.lockedWei(), 3 ether, "once");
        assertEq(bridged.returnedWei(), 2 ether, "returned");
    }

    function test_APauseStopsWhatEntersAndNothingThatLeaves() public {
        arrived(alice, 5 ether);
        pause.set(true);
        onL1();
        vm.expectRevert(abi.encodeWithSelector(Hooks.Paused.selector, address(vault)));
        vault.lock(alice, 1 ether);
        vm.prank(alice);
        onL2();
        bridged.withdraw(alice, 1 ether);
        carryUp(0);
        assertEq(cor.balanceOf(alice), 0, "held up by the messenger");
        pause.set(false);
        down.retry(up.sentAt(0), 150_000);
        assertEq(cor.balanceOf(alice), 1 ether, "and not lost");
    }

    function test_RevertWhen_TheWordIsNotTheOtherEnds() public {
        bytes memory body = abi.encode(alice, 1 ether);
        vm.expectRevert(abi.encodeWithSelector(ICorVault.NotMessenger.selector, address(this)));
        vault.onMessage(L2, address(bridged), 0, body);
        vm.prank(address(down));
        vm.expectRevert(abi.encodeWithSelector(ICorVault.NotChildCor.selector, L2, alice));
        vault.onMessage(L2, alice, 0, body);
        vm.expectRevert(abi.encodeWithSelector(IBridgedCor.NotMessenger.selector, address(this)));
        bridged.onMessage(L1, address(vault), 0, body);
        vm.prank(address(up));
        vm.expectRevert(abi.encodeWithSelector(IBridgedCor.NotVault.selector, L2, address(vault)));
        bridged.onMessage(L2, address(vault), 0, body);
        // A stranger's message through the messenger names the stranger.
        onL1();
        down.send(L2, address(bridged), body, 150_000);
        carryDown(0);
        assertEq(bridged.totalSupply(), 0, "nothing minted");
    }

    function test_RevertWhen_NothingIsSentOrToNobody() public {
        vm.expectRevert(abi.encodeWithSelector(ICorVault.AmountZero.selector));
        vault.lock(alice, 0);
        vm.expectRevert(abi.encodeWithSelector(ICorVault.ReceiverInvalid.selector, address(bridged)));
        vault.lock(address(bridged), 1);
        vm.expectRevert(abi.encodeWithSelector(ICorVault.ReceiverInvalid.selector, address(0)));
        vault.lock(address(0), 1);
        vm.expectRevert(abi.encodeWithSelector(IBridgedCor.AmountZero.selector));
        bridged.withdraw(alice, 0);
        vm.expectRevert(abi.encodeWithSelector(IBridgedCor.ReceiverInvalid.selector, address(vault)));
        bridged.withdraw(address(vault), 1);
    }

    function test_RevertWhen_MoreComesBackThanWentDown() public {
        arrived(alice, 5 ether);
        vm.prank(address(down));
        vm.expectRevert(abi.encodeWithSelector(ICorVault.LockedBelow.selector, 5 ether, 6 ether));
        vault.onMessage(L2, address(bridged), 0, abi.encode(alice, 6 ether));
    }

    function test_WhatIsBurnedBelowStaysLocked() public {
        arrived(alice, 5 ether);
        vm.prank(alice);
        bridged.burn(2 ether);
        assertEq(vault.lockedWei(), 5 ether, "for ever");
        assertEq(bridged.arrivedWei() - bridged.returnedWei() - bridged.totalSupply(), 2 ether, "and to be seen");
    }
}
