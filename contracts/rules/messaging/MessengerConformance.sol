// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ILinkMessenger } from "../../src/interfaces/ILinkMessenger.sol";
import { IMessenger } from "../../src/interfaces/IMessenger.sol";
import { Hooks } from "../../src/libraries/Hooks.sol";
import { Messages } from "../../src/libraries/Messages.sol";
import { Assertions } from "../../test/support/Assertions.sol";
import { ChainVm } from "./ChainVm.sol";
import { SetPause } from "./SetPause.sol";
import { ToldReceiver } from "./ToldReceiver.sol";

/// What every adapter has to hold, whatever carries its messages. An adapter's test makes both ends, and plays what lies between.
abstract contract MessengerConformance is Assertions {
    ChainVm internal constant chains = ChainVm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint64 internal constant NEAR = 31_337;
    uint64 internal constant FAR = 900;
    uint64 internal constant GAS = 1_000_000;
    address internal constant STRANGER = address(0x5742);

    ILinkMessenger internal near;
    ILinkMessenger internal far;
    SetPause internal pause = new SetPause();
    ToldReceiver internal receiver = new ToldReceiver();
    ToldReceiver internal other = new ToldReceiver();

    /// Plays what lies between: hands to the far end, on its chain, what the near one sent. May be asked for the same again.
    function carry(Messages.Message[] memory messages) internal virtual;

    /// A stranger hands the far end messages that the near one never sent.
    function forge(Messages.Message[] memory messages) internal virtual returns (bool ok);

    /// Whether a message is delivered as it is sent, before anything could be carried.
    function isAtOnce() internal pure virtual returns (bool) {
        return false;
    }

    /// With what a carried message is refused while deliveries are paused. Empty where it is held instead.
    function refusalWhilePaused() internal view virtual returns (bytes memory) {
        return "";
    }

    function coinsFor() internal view virtual returns (uint256) {
        return 0;
    }

    /* PARTS */

    function expectedEnd(uint256 later) internal view returns (address) {
        return chains.computeCreateAddress(address(this), chains.getNonce(address(this)) + later);
    }

    function onNear() internal {
        chains.chainId(near.remoteChainId() == FAR ? NEAR : near.remoteChainId());
    }

    function onFar() internal {
        chains.chainId(near.remoteChainId());
    }

    function send(ToldReceiver to, bytes memory body) internal returns (Messages.Message[] memory one, bytes32 id) {
        onNear();
        id = near.send{ value: coinsFor() }(near.remoteChainId(), address(to), body, GAS);
        one = new Messages.Message[](1);
        one[0] = Messages.Message(near.nonce(), address(this), address(to), GAS, body);
    }

    function letters(uint256 count) internal view returns (Messages.Letter[] memory many) {
        many = new Messages.Letter[](count);
        for (uint256 i = 0; i < count; ++i) {
            many[i] = Messages.Letter(address(i % 2 == 0 ? receiver : other), GAS, abi.encode(i));
        }
    }

    function sendLetters(Messages.Letter[] memory many)
        internal
        returns (Messages.Message[] memory sent, bytes32[] memory ids)
    {
        onNear();
        uint64 before = near.nonce();
        ids = near.sendMany{ value: coinsFor() * many.length }(near.remoteChainId(), many);
        sent = new Messages.Message[](many.length);
        for (uint256 i = 0; i < many.length; ++i) {
            sent[i] = Messages.Message(before + uint64(i) + 1, address(this), many[i].to, GAS, many[i].body);
        }
    }

    function carryOver(Messages.Message[] calldata messages) external {
        carry(messages);
    }

    function assertState(bytes32 id, ILinkMessenger.State expected, string memory label) internal view {
        assertEq(uint256(far.stateOf(id)), uint256(expected), label);
    }

    function assertTakenOnce(ToldReceiver by, bytes32 id, string memory label) internal view {
        assertEq(by.timesTaken(id), 1, label);
        assertState(id, ILinkMessenger.State.Delivered, label);
    }

    /* WHAT HOLDS */

    function test_DeliversWhatWasSentAndSaysFromWhom() public {
        (Messages.Message[] memory one, bytes32 id) = send(receiver, "hello");
        assertEq(near.outgoingIdOf(one[0]), id, "its id where it was sent");
        if (!isAtOnce()) assertState(id, ILinkMessenger.State.None, "not before it is carried");
        carry(one);
        onFar();
        assertEq(far.incomingIdOf(one[0]), id, "its id where it is delivered");
        assertTakenOnce(receiver, id, "delivered");
        assertEq(receiver.src(), far.remoteChainId(), "source");
        assertEq(receiver.from(), address(this), "sender");
        assertEq(keccak256(receiver.body()), keccak256("hello"), "body");
    }

    function test_TellsTwoEqualMessagesApart() public {
        (Messages.Message[] memory first, bytes32 firstId) = send(receiver, "same");
        (Messages.Message[] memory second, bytes32 secondId) = send(receiver, "same");
        assertTrue(firstId != secondId, "ids");
        carry(first);
        carry(second);
        assertTakenOnce(receiver, firstId, "first");
        assertTakenOnce(receiver, secondId, "second");
    }

    function test_DeliversOnceHoweverOftenItIsCarried() public {
        (Messages.Message[] memory one, bytes32 id) = send(receiver, "twice");
        carry(one);
        carry(one);
        carry(one);
        assertTakenOnce(receiver, id, "once");
    }

    function test_DeliversInWhateverOrder() public {
        (Messages.Message[] memory first, bytes32 firstId) = send(receiver, "1");
        (Messages.Message[] memory second, bytes32 secondId) = send(receiver, "2");
        (Messages.Message[] memory third, bytes32 thirdId) = send(receiver, "3");
        carry(third);
        carry(first);
        carry(second);
        carry(first);
        assertTakenOnce(receiver, firstId, "first");
        assertTakenOnce(receiver, secondId, "second");
        assertTakenOnce(receiver, thirdId, "third");
    }

    function test_DeliversABatchEachOnce() public {
        (Messages.Message[] memory sent, bytes32[] memory ids) = sendLetters(letters(5));
        carry(sent);
        carry(sent);
        for (uint256 i = 0; i < sent.length; ++i) {
            assertTakenOnce(i % 2 == 0 ? receiver : other, ids[i], "each");
        }
    }

    function test_AReceiverThatFailsBlocksNoOther() public {
        failing(ToldReceiver.Conduct.Fail);
    }

    function test_AReceiverThatFailsAtLengthBlocksNoOther() public {
        failing(ToldReceiver.Conduct.FailLong);
    }

    function test_AReceiverThatBurnsItsGasBlocksNoOther() public {
        failing(ToldReceiver.Conduct.BurnGas);
    }

    function failing(ToldReceiver.Conduct conduct) internal {
        receiver.behave(conduct);
        (Messages.Message[] memory sent, bytes32[] memory ids) = sendLetters(letters(4));
        carry(sent);
        for (uint256 i = 0; i < sent.length; ++i) {
            if (i % 2 == 1) assertTakenOnce(other, ids[i], "the others");
            else assertState(ids[i], ILinkMessenger.State.Failed, "failed");
        }
        assertEq(receiver.timesTaken(ids[0]), 0, "no effect");
        receiver.behave(ToldReceiver.Conduct.Take);
        onFar();
        vm.prank(STRANGER);
        far.retry(sent[0], GAS);
        assertTakenOnce(receiver, ids[0], "again, by anyone");
        vm.expectRevert(
            abi.encodeWithSelector(ILinkMessenger.NotRetryable.selector, ids[0], ILinkMessenger.State.Delivered)
        );
        far.retry(sent[0], GAS);
        carry(sent);
        assertTakenOnce(receiver, ids[0], "carried again");
    }

    function test_AMessageWithoutAReceiverWaitsForOne() public {
        ToldReceiver nobody = ToldReceiver(address(0xB0D1));
        (Messages.Message[] memory one, bytes32 id) = send(nobody, "to nobody yet");
        carry(one);
        assertState(id, ILinkMessenger.State.Failed, "failed");
        vm.etch(address(nobody), address(receiver).code);
        onFar();
        far.retry(one[0], GAS);
        assertTakenOnce(nobody, id, "taken");
    }

    function test_RevertWhen_RetriedWithOtherGasThanItMay() public {
        receiver.behave(ToldReceiver.Conduct.Fail);
        (Messages.Message[] memory one, bytes32 id) = send(receiver, "failing");
        carry(one);
        onFar();
        vm.expectRevert(abi.encodeWithSelector(ILinkMessenger.GasOutOfBounds.selector, GAS - 1, GAS, 2_000_000));
        far.retry(one[0], GAS - 1);
        vm.expectRevert(abi.encodeWithSelector(ILinkMessenger.GasOutOfBounds.selector, 2_000_001, GAS, 2_000_000));
        far.retry(one[0], 2_000_001);
        receiver.behave(ToldReceiver.Conduct.Take);
        far.retry(one[0], 2_000_000);
        assertTakenOnce(receiver, id, "with more gas");
        assertTrue(receiver.gasGiven() > 1_900_000, "given");
    }

    /// Who relays can't make a receiver fail by giving too little.
    function test_RevertWhen_ARetryBringsTooLittleGas() public {
        receiver.behave(ToldReceiver.Conduct.Fail);
        (Messages.Message[] memory one, bytes32 id) = send(receiver, "failing");
        carry(one);
        receiver.behave(ToldReceiver.Conduct.Take);
        onFar();
        (bool ok,) = address(far).call{ gas: GAS }(abi.encodeCall(far.retry, (one[0], GAS)));
        assertTrue(!ok, "refused");
        assertState(id, ILinkMessenger.State.Failed, "as it was");
    }

    function test_RevertWhen_RetriedThoughItNeverCame() public {
        Messages.Message memory never = Messages.Message(99, address(this), address(receiver), GAS, "never");
        onFar();
        bytes32 id = far.incomingIdOf(never);
        vm.expectRevert(abi.encodeWithSelector(ILinkMessenger.NotRetryable.selector, id, ILinkMessenger.State.None));
        far.retry(never, GAS);
    }

    function test_APauseStopsDeliveriesAndNothingThatLeaves() public {
        pause.set(true);
        (Messages.Message[] memory one, bytes32 id) = send(receiver, "while paused");
        assertEq(near.nonce(), one[0].nonce, "sent all the same");
        bytes memory refusal = refusalWhilePaused();
        (bool isCarried, bytes memory reason) = address(this).call(abi.encodeCall(this.carryOver, (one)));
        assertTrue(isCarried == (refusal.length == 0), "refused where the adapter says so");
        assertEq(keccak256(reason), keccak256(refusal), "as it says");
        ILinkMessenger.State waiting = isCarried ? ILinkMessenger.State.Held : ILinkMessenger.State.None;
        assertState(id, waiting, "held or refused");
        assertEq(receiver.timesTaken(id), 0, "not delivered");
        onFar();
        vm.expectRevert(abi.encodeWithSelector(Hooks.Paused.selector, address(far)));
        far.retry(one[0], GAS);
        pause.set(false);
        carry(one);
        onFar();
        if (far.stateOf(id) == ILinkMessenger.State.Held) far.retry(one[0], GAS);
        assertTakenOnce(receiver, id, "after the pause");
        carry(one);
        assertTakenOnce(receiver, id, "once");
    }

    function test_AReceiverCantHaveItsMessageAgainWithinIt() public {
        (Messages.Message[] memory one, bytes32 id) = nextOf(receiver, "again");
        receiver.beCalling(address(far), abi.encodeCall(far.retry, (one[0], GAS)));
        send(receiver, "again");
        carry(one);
        assertTakenOnce(receiver, id, "once");
        assertTrue(!receiver.callSucceeded(), "refused");
    }

    function test_AReceiverMaySend() public {
        onFar();
        uint64 dst = far.remoteChainId();
        receiver.beCalling(address(far), abi.encodeCall(far.send, (dst, address(other), "answer", 50_000)));
        chains.deal(address(receiver), 1 ether);
        uint64 before = far.nonce();
        (Messages.Message[] memory one, bytes32 id) = send(receiver, "question");
        carry(one);
        assertTakenOnce(receiver, id, "taken");
        assertTrue(receiver.callSucceeded(), "sent");
        assertTrue(far.nonce() > before, "counted");
    }

    function test_RevertWhen_ItIsForElsewhereOrTooMuch() public {
        onNear();
        uint64 dst = near.remoteChainId();
        vm.expectRevert(abi.encodeWithSelector(IMessenger.DestinationUnknown.selector, dst + 1));
        near.send(dst + 1, address(receiver), "", GAS);
        vm.expectRevert(abi.encodeWithSelector(ILinkMessenger.GasOutOfBounds.selector, 2_000_001, 0, 2_000_000));
        near.send(dst, address(receiver), "", 2_000_001);
        vm.expectRevert(abi.encodeWithSelector(ILinkMessenger.BodyBeyond.selector, 16_385, 16_384));
        near.send(dst, address(receiver), new bytes(16_385), GAS);
        vm.expectRevert(abi.encodeWithSelector(ILinkMessenger.BatchSize.selector, 33, 32));
        near.sendMany(dst, new Messages.Letter[](33));
        vm.expectRevert(abi.encodeWithSelector(ILinkMessenger.BatchSize.selector, 0, 32));
        near.sendMany(dst, new Messages.Letter[](0));
        assertEq(near.nonce(), 0, "nothing sent");
    }

    /// Only what the other end sent: neither another body under its number, nor a new one.
    function test_AStrangerCantHandInWhatWasNeverSent() public {
        (Messages.Message[] memory one,) = send(receiver, "true");
        carry(one);
        one[0].body = "false";
        onFar();
        bytes32 forgedId = far.incomingIdOf(one[0]);
        assertTrue(!forge(one), "refused");
        assertEq(receiver.timesTaken(forgedId), 0, "no effect");
        assertState(forgedId, ILinkMessenger.State.None, "no state");
    }

    function nextOf(ToldReceiver to, bytes memory body) internal returns (Messages.Message[] memory one, bytes32 id) {
        onNear();
        one = new Messages.Message[](1);
        one[0] = Messages.Message(near.nonce() + 1, address(this), address(to), GAS, body);
        id = near.outgoingIdOf(one[0]);
    }
}
