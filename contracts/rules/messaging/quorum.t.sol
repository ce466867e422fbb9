// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IAttestations } from "../../src/interfaces/IAttestations.sol";
import { ILinkMessenger } from "../../src/interfaces/ILinkMessenger.sol";
import { IQuorumMessenger } from "../../src/interfaces/IQuorumMessenger.sol";
import { Hooks } from "../../src/libraries/Hooks.sol";
import { Messages } from "../../src/libraries/Messages.sol";
import { LinkMessenger } from "../../src/messaging/LinkMessenger.sol";
import { QuorumMessenger } from "../../src/messaging/QuorumMessenger.sol";
import { QuorumLink } from "./QuorumLink.sol";
import { ToldReceiver } from "./ToldReceiver.sol";

contract QuorumMessengerTest is QuorumLink {
    uint32 internal constant FOUR = 0x0F;

    function carry(Messages.Message[] memory messages) internal override {
        (bytes32 root, bytes32[][] memory paths) = outboxOf(messages);
        if (posted[root] == 0) {
            posted[root] = post(root, FOUR);
            afterChallenge();
        }
        vm.prank(STRANGER);
        farQuorum.deliver(posted[root], messages, paths);
    }

    function forge(Messages.Message[] memory messages) internal override returns (bool ok) {
        (, bytes32[][] memory paths) = outboxOf(messages);
        (ok,) = address(far).call(abi.encodeCall(farQuorum.deliver, (epoch - 1, messages, paths)));
    }

    function refusalWhilePaused() internal view override returns (bytes memory) {
        return abi.encodeWithSelector(Hooks.Paused.selector, address(far));
    }

    function corSent(uint256 corWei) internal returns (Messages.Message[] memory one, bytes32 id) {
        return send(receiver, abi.encode(bytes32("COR"), corWei));
    }

    /* OUTBOXES */

    function test_RevertWhen_FewerThanAQuorumSigned() public {
        (Messages.Message[] memory one,) = send(receiver, "hello");
        (bytes32 root,) = outboxOf(one);
        bytes memory three = quorumOf(farQuorum.digestOf(epoch, root), 0x07);
        vm.warp(sets.t0() + (uint256(epoch) + 1) * 600);
        vm.expectRevert(abi.encodeWithSelector(IAttestations.QuorumShort.selector, 3 ether, 5 ether));
        farQuorum.postOutbox(epoch, root, three);
    }

    function test_RevertWhen_ASignatureIsAnothersOrThePackingIs() public {
        bytes32 root = keccak256("root");
        onFar();
        vm.warp(sets.t0() + (uint256(epoch) + 1) * 600);
        bytes memory packed = quorumOf(farQuorum.digestOf(epoch, root), FOUR);
        vm.expectRevert(abi.encodeWithSelector(IAttestations.QuorumLength.selector, 261, 260));
        farQuorum.postOutbox(epoch, root, bytes.concat(packed, hex"00"));
        vm.expectRevert(abi.encodeWithSelector(IAttestations.QuorumLength.selector, 0, 68));
        farQuorum.postOutbox(epoch, root, "");
        packed[3] = 0x2F;
        vm.expectRevert(abi.encodeWithSelector(IAttestations.BitmapInvalid.selector, 0x2F, 5));
        farQuorum.postOutbox(epoch, root, packed);
        packed[3] = 0x17;
        vm.expectRevert(
            abi.encodeWithSelector(IAttestations.SignatureForeign.selector, vm.addr(keys[3]), vm.addr(keys[4]))
        );
        farQuorum.postOutbox(epoch, root, packed);
    }

    function test_RevertWhen_ItIsOutOfTimeOrThereIsOne() public {
        bytes32 root = keccak256("root");
        onFar();
        uint64 ofEpoch = epoch;
        bytes memory packed = quorumOf(farQuorum.digestOf(ofEpoch, root), FOUR);
        vm.warp(sets.t0() + (uint256(ofEpoch) + 1) * 600 - 1);
        vm.expectRevert(abi.encodeWithSelector(IQuorumMessenger.OutboxOutOfTime.selector, ofEpoch));
        farQuorum.postOutbox(ofEpoch, root, packed);
        vm.warp(sets.t0() + (uint256(ofEpoch) + 1) * 600 + 540);
        vm.expectRevert(abi.encodeWithSelector(IQuorumMessenger.OutboxOutOfTime.selector, ofEpoch));
        farQuorum.postOutbox(ofEpoch, root, packed);
        post(root, FOUR);
        vm.expectRevert(abi.encodeWithSelector(IQuorumMessenger.OutboxPostedAlready.selector, ofEpoch, root));
        farQuorum.postOutbox(ofEpoch, root, packed);
        vm.expectRevert(abi.encodeWithSelector(IQuorumMessenger.RootZero.selector));
        farQuorum.postOutbox(ofEpoch, 0, packed);
    }

    /// What guards sign for one pair of chains counts for no other, nor on another chain at the same address.
    function test_RevertWhen_TheQuorumWasForAnotherPair() public {
        bytes32 root = keccak256("root");
        onFar();
        bytes memory packed = quorumOf(farQuorum.digestOf(epoch, root), FOUR);
        vm.warp(sets.t0() + (uint256(epoch) + 1) * 600);
        QuorumMessenger beside = make(LinkMessenger.Link(NEAR, address(near), pause));
        assertTrue(!takes(beside, root, packed), "another messenger");
        QuorumMessenger ofOther = make(LinkMessenger.Link(NEAR + 1, address(near), pause));
        assertTrue(!takes(ofOther, root, packed), "another source");
        chains.chainId(FAR + 1);
        assertTrue(!takes(farQuorum, root, packed), "another chain");
        onFar();
        assertTrue(takes(farQuorum, root, packed), "its own");
    }

    function takes(QuorumMessenger by, bytes32 root, bytes memory packed) internal returns (bool ok) {
        (ok,) = address(by).call(abi.encodeCall(by.postOutbox, (epoch, root, packed)));
    }

    /* CHALLENGES */

    function test_DeliversNothingBeforeTheChallengesTime() public {
        (Messages.Message[] memory one, bytes32 id) = send(receiver, "hello");
        (bytes32 root, bytes32[][] memory paths) = outboxOf(one);
        uint64 ofEpoch = post(root, FOUR);
        uint256 deliverableAt = vm.getBlockTimestamp() + CHALLENGE_SECONDS;
        vm.warp(deliverableAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IQuorumMessenger.OutboxTooYoung.selector, ofEpoch, deliverableAt));
        farQuorum.deliver(ofEpoch, one, paths);
        vm.warp(deliverableAt);
        farQuorum.deliver(ofEpoch, one, paths);
        assertTakenOnce(receiver, id, "from then on");
    }

    function test_AChallengedRootDeliversNothingAndALaterOneDoes() public {
        (Messages.Message[] memory one, bytes32 id) = send(receiver, "hello");
        (bytes32 root, bytes32[][] memory paths) = outboxOf(one);
        uint64 ofEpoch = post(root, FOUR);
        vm.expectRevert(abi.encodeWithSelector(IQuorumMessenger.NotChallenger.selector, address(this)));
        farQuorum.challenge(ofEpoch);
        vm.prank(CHALLENGER);
        farQuorum.challenge(ofEpoch);
        afterChallenge();
        vm.expectRevert(abi.encodeWithSelector(IQuorumMessenger.OutboxIsChallenged.selector, ofEpoch));
        farQuorum.deliver(ofEpoch, one, paths);
        uint64 later = post(root, FOUR);
        afterChallenge();
        farQuorum.deliver(later, one, paths);
        assertTakenOnce(receiver, id, "by the later one");
    }

    function test_RevertWhen_ThereIsNothingToChallenge() public {
        vm.prank(CHALLENGER);
        vm.expectRevert(abi.encodeWithSelector(IQuorumMessenger.OutboxUnknown.selector, 7));
        farQuorum.challenge(7);
        uint64 ofEpoch = post(keccak256("root"), FOUR);
        vm.prank(CHALLENGER);
        farQuorum.challenge(ofEpoch);
        vm.prank(CHALLENGER);
        vm.expectRevert(abi.encodeWithSelector(IQuorumMessenger.OutboxIsChallenged.selector, ofEpoch));
        farQuorum.challenge(ofEpoch);
    }

    /// A message that failed isn't tried again by a root that was taken out since.
    function test_RevertWhen_RetriedAfterItsRootWasChallenged() public {
        receiver.behave(ToldReceiver.Conduct.Fail);
        (Messages.Message[] memory one, bytes32 id) = send(receiver, "failing");
        carry(one);
        assertState(id, ILinkMessenger.State.Failed, "failed");
        vm.prank(CHALLENGER);
        farQuorum.challenge(epoch - 1);
        receiver.behave(ToldReceiver.Conduct.Take);
        vm.expectRevert(abi.encodeWithSelector(IQuorumMessenger.OutboxIsChallenged.selector, epoch - 1));
        far.retry(one[0], GAS);
    }

    function test_RevertWhen_PathsAreOthersThanMessages() public {
        (Messages.Message[] memory one, bytes32 id) = send(receiver, "hello");
        carry(one);
        vm.expectRevert(abi.encodeWithSelector(IQuorumMessenger.PathsOther.selector, 1, 0));
        farQuorum.deliver(epoch - 1, one, new bytes32[][](0));
        bytes32[][] memory paths = new bytes32[][](1);
        paths[0] = new bytes32[](1);
        vm.expectRevert(abi.encodeWithSelector(IQuorumMessenger.NotInOutbox.selector, id, epoch - 1));
        farQuorum.deliver(epoch - 1, one, paths);
    }

    /* THE CAP */

    function test_WhatExceedsTheWindowWaitsForTheNext() public {
        (Messages.Message[] memory first, bytes32 firstId) = corSent(600 ether);
        (Messages.Message[] memory second, bytes32 secondId) = corSent(401 ether);
        (Messages.Message[] memory third, bytes32 thirdId) = corSent(400 ether);
        vm.warp(WINDOW_SECONDS * 100);
        epoch = uint64((vm.getBlockTimestamp() - sets.t0()) / 600) + 1;
        carry(first);
        carry(second);
        assertState(secondId, ILinkMessenger.State.None, "waits");
        carry(third);
        assertTakenOnce(receiver, firstId, "first");
        assertTakenOnce(receiver, thirdId, "what fits goes before");
        assertEq(farQuorum.movedWei(), CAP, "full");
        carry(second);
        assertEq(receiver.timesTaken(secondId), 0, "still waits");
        vm.warp(WINDOW_SECONDS * 101);
        carry(second);
        assertTakenOnce(receiver, secondId, "in the next");
        assertEq(farQuorum.movedWei(), 401 ether, "counted there");
    }

    function test_AMessageThatFailsMovesNothing() public {
        receiver.behave(ToldReceiver.Conduct.Fail);
        (Messages.Message[] memory one, bytes32 id) = corSent(CAP);
        carry(one);
        assertState(id, ILinkMessenger.State.Failed, "failed");
        assertEq(farQuorum.movedWei(), 0, "given back");
        receiver.behave(ToldReceiver.Conduct.Take);
        far.retry(one[0], GAS);
        assertEq(farQuorum.movedWei(), CAP, "counted when taken");
    }

    function test_ARetryWaitsForTheWindowToo() public {
        receiver.behave(ToldReceiver.Conduct.Fail);
        (Messages.Message[] memory one, bytes32 id) = corSent(CAP);
        carry(one);
        receiver.behave(ToldReceiver.Conduct.Take);
        (Messages.Message[] memory small,) = corSent(1);
        carry(small);
        far.retry(one[0], GAS);
        assertState(id, ILinkMessenger.State.Failed, "as it was");
        vm.warp(vm.getBlockTimestamp() + WINDOW_SECONDS);
        far.retry(one[0], GAS);
        assertTakenOnce(receiver, id, "later");
    }

    function test_WhatCantBeReadHoldsUpNoOther() public {
        onNear();
        Messages.Message[] memory two = new Messages.Message[](2);
        two[0] = Messages.Message(1, address(this), address(receiver), GAS, "unreadable");
        two[1] = Messages.Message(2, address(this), address(receiver), GAS, "fine");
        carry(two);
        assertState(far.incomingIdOf(two[0]), ILinkMessenger.State.None, "left out");
        assertTakenOnce(receiver, far.incomingIdOf(two[1]), "the other");
    }

    function test_RevertWhen_NoWindowWouldEverLetItThrough() public {
        onNear();
        bytes memory body = abi.encode(bytes32("COR"), uint256(CAP) + 1);
        vm.expectRevert(abi.encodeWithSelector(IQuorumMessenger.CorAboveCap.selector, uint256(CAP) + 1, CAP));
        near.send(FAR, address(receiver), body, GAS);
    }

    /// Guards that all lie move no more than the cap in a window, whatever they sign and in whatever order it is relayed.
    function testFuzz_ADishonestQuorumMovesNoMoreThanItsCap(uint256 seed) public {
        uint256 movedInWindow = 0;
        uint256 window = 0;
        for (uint64 i = 1; i <= 6; ++i) {
            uint256 corWei = bound(uint256(keccak256(abi.encode(seed, i))), 0, uint256(CAP) + 10 ether);
            Messages.Message[] memory one = new Messages.Message[](1);
            one[0] = Messages.Message(
                1000 + i, address(0xE71), address(receiver), GAS, abi.encode(bytes32("COR"), corWei)
            );
            vm.warp(vm.getBlockTimestamp() + bound(uint256(keccak256(abi.encode(seed, i, "time"))), 600, 40_000));
            uint64 running =
                uint64((vm.getBlockTimestamp() - (vm.getBlockTimestamp() < sets.t0() ? 0 : sets.t0())) / 600);
            if (running > epoch) epoch = running;
            carry(one);
            if (vm.getBlockTimestamp() / WINDOW_SECONDS != window) movedInWindow = 0;
            window = vm.getBlockTimestamp() / WINDOW_SECONDS;
            movedInWindow += receiver.timesTaken(far.incomingIdOf(one[0])) * corWei;
            assertTrue(movedInWindow <= CAP, "within the cap");
            assertEq(farQuorum.movedWei(), movedInWindow, "as it counts");
        }
    }
}
