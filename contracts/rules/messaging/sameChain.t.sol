// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ILinkMessenger } from "../../src/interfaces/ILinkMessenger.sol";
import { Messages } from "../../src/libraries/Messages.sol";
import { SameChainMessenger } from "../../src/messaging/SameChainMessenger.sol";
import { MessengerConformance } from "./MessengerConformance.sol";
import { ToldReceiver } from "./ToldReceiver.sol";

contract SameChainMessengerTest is MessengerConformance {
    function setUp() public {
        near = far = new SameChainMessenger(pause);
    }

    function isAtOnce() internal pure override returns (bool) {
        return true;
    }

    function carry(Messages.Message[] memory) internal override { }

    /// There is no way in but to send.
    function forge(Messages.Message[] memory) internal pure override returns (bool) {
        return false;
    }

    function test_KeepsWhyAReceiverFailed() public {
        receiver.behave(ToldReceiver.Conduct.Fail);
        (, bytes32 id) = nextOf(receiver, "why");
        expectEvent(address(far));
        emit ILinkMessenger.Failed(id, abi.encodeWithSelector(ToldReceiver.Told.selector));
        send(receiver, "why");
    }

    function test_KeepsTheBeginOfALongReason() public {
        receiver.behave(ToldReceiver.Conduct.FailLong);
        (, bytes32 id) = nextOf(receiver, "why");
        bytes memory begin = new bytes(228);
        // Memory of a call that has just begun: the free pointer is all there is in it.
        begin[95] = 0x80;
        expectEvent(address(far));
        emit ILinkMessenger.Failed(id, begin);
        send(receiver, "why");
    }

    function test_RevertWhen_CoinsComeAlong() public {
        vm.expectRevert(abi.encodeWithSelector(ILinkMessenger.CoinsRefused.selector, 1));
        near.send{ value: 1 }(NEAR, address(receiver), "", GAS);
    }
}
