// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { RLP } from "@openzeppelin/contracts/utils/RLP.sol";
import { TrieProof } from "@openzeppelin/contracts/utils/cryptography/TrieProof.sol";
import { ILastState } from "../../src/interfaces/ILastState.sol";
import { LeftChain } from "./LeftChain.sol";
import { ShapedOracle } from "./ShapedOracle.sol";

contract LastStateTest is LeftChain {
    uint256 internal constant KEY = 0xA11CE;
    address internal alice = vm.addr(KEY);
    address internal to = address(0x70);

    function setUp() public {
        vm.warp(1_000_000);
        makeLink();
        makeLastState();
        keepAccount(alice, 3 ether);
        keepAccount(address(0xB0B), 5 ether);
        keepAccount(vm.addr(0xB0B5), 1 ether);
    }

    function at(uint256 seconds_) internal {
        vm.warp(1_000_000 + seconds_);
    }

    function test_RevertWhen_SomebodyElseProposes() public {
        vm.expectRevert(abi.encodeWithSelector(ILastState.NotProposer.selector, address(this)));
        lastState.proposeL2Output(outputRoot(), 2, 0, 0);
        post(outputRoot());
        assertEq(oracle.nextOutputIndex(), 1, "posted by its operator");
    }

    function test_RevertWhen_NobodyAskedOrTheOperatorAnswered() public {
        post(outputRoot());
        at(30 days);
        vm.expectRevert(abi.encodeWithSelector(ILastState.NotAsked.selector, 0, 1_000_000));
        lastState.fixLast(output());
        lastState.ask();
        assertEq(portal.deposits(), 1, "a deposit that an operator takes");
        at(31 days);
        post(outputRoot());
        at(60 days);
        vm.expectRevert(abi.encodeWithSelector(ILastState.NotAsked.selector, 0, 1_000_000 + 31 days));
        lastState.fixLast(output());
    }

    function test_AnAskIsToldAndIsADepositThatSaysNothing() public {
        post(outputRoot());
        at(3 days);
        vm.expectEmit(true, true, true, true, address(lastState));
        // The silence is longer than what is left of the output's window.
        emit ILastState.Asked(address(this), 1_000_000 + 8 days);
        lastState.ask();
        assertEq(
            keccak256(portal.said()),
            keccak256(abi.encode(address(lastState), 0, 21_000, false, "")),
            "nothing to itself"
        );
    }

    function test_AnAskThatWasAnsweredIsAnotherThenOn() public {
        lastState.ask();
        post(outputRoot());
        at(30 days);
        vm.expectRevert(abi.encodeWithSelector(ILastState.NotAsked.selector, 0, 1_000_000));
        lastState.fixLast(output());
        lastState.ask();
        assertEq(lastState.askedAt(), 1_000_000 + 30 days, "asked anew");
        at(31 days);
        post(outputRoot());
        at(40 days);
        lastState.ask();
        assertEq(lastState.askedAt(), 1_000_000 + 40 days, "and again");
    }

    function test_TheLastStateIsTold() public {
        post(keccak256("before"));
        post(outputRoot());
        at(1);
        lastState.ask();
        at(8 days);
        vm.expectEmit(true, true, true, true, address(lastState));
        emit ILastState.LastStateFixed(1, outputRoot(), output().stateRoot);
        lastState.fixLast(output());
        assertEq(lastState.lastIndex(), 1, "the newest");
    }

    function test_RevertWhen_TheSilenceOrTheOutputsWindowIsNotOver() public {
        post(outputRoot());
        at(1 days);
        lastState.ask();
        at(6 days);
        uint256 windowEnds = 1_000_000 + 7 days;
        vm.expectRevert(abi.encodeWithSelector(ILastState.FixableFrom.selector, windowEnds));
        lastState.fixLast(output());
        at(6 days + 12 hours);
        lastState.ask();
        assertEq(lastState.askedAt(), 1_000_000 + 1 days, "asked since then");
        at(7 days);
        lastState.fixLast(output());
        assertEq(lastState.stateRoot(), output().stateRoot, "fixed");
    }

    function test_AnOutputThatWasRemovedIsNotTheLast() public {
        post(outputRoot());
        at(10 days);
        post(keccak256("made up"));
        oracle.remove(1);
        lastState.ask();
        at(15 days);
        lastState.fixLast(output());
        assertEq(lastState.lastIndex(), 0, "the one before");
    }

    /// Who may remove outputs can't make an answer undone: or else one ask of long ago would end a chain that is well, a whole window behind.
    function test_RevertWhen_WhatAnsweredWasRemovedSince() public {
        post(outputRoot());
        at(1);
        lastState.ask();
        at(1 days);
        post(keccak256("an answer"));
        at(7 days);
        oracle.remove(1);
        vm.expectRevert(abi.encodeWithSelector(ILastState.NotAsked.selector, 0, 1_000_000));
        lastState.fixLast(output());
        lastState.ask();
        vm.expectRevert(abi.encodeWithSelector(ILastState.FixableFrom.selector, 1_000_000 + 7 days + SILENCE_SECONDS));
        lastState.fixLast(output());
    }

    function test_RevertWhen_AnotherStateIsShown() public {
        post(outputRoot());
        at(1);
        lastState.ask();
        at(8 days);
        ILastState.Output memory other = output();
        other.stateRoot = keccak256("richer");
        bytes32 shown = keccak256(abi.encode(bytes32(0), other.stateRoot, other.passerStorageRoot, other.blockHash));
        vm.expectRevert(abi.encodeWithSelector(ILastState.OutputOther.selector, shown, outputRoot()));
        lastState.fixLast(other);
        vm.expectRevert(abi.encodeWithSelector(ILastState.NotFixed.selector));
        lastState.stateRoot();
    }

    function test_RevertWhen_AnythingIsPostedBehindTheLastState() public {
        fixState();
        vm.expectRevert(abi.encodeWithSelector(ILastState.AlreadyFixed.selector));
        vm.prank(proposer);
        lastState.proposeL2Output(keccak256("later"), 4, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(ShapedOracle.Refused.selector, "proposer"));
        vm.prank(proposer);
        oracle.proposeL2Output(keccak256("later"), 4, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(ShapedOracle.Refused.selector, "final"));
        oracle.remove(0);
        vm.expectRevert(abi.encodeWithSelector(ILastState.AlreadyFixed.selector));
        lastState.ask();
        vm.expectRevert(abi.encodeWithSelector(ILastState.AlreadyFixed.selector));
        lastState.fixLast(output());
    }

    function test_AChainThatNeverPostedIsFixedEmpty() public {
        lastState.ask();
        at(7 days);
        vm.expectEmit(true, true, true, true, address(lastState));
        emit ILastState.LastStateFixed(0, 0, 0);
        lastState.fixLast(ILastState.Output(0, 0, 0));
        assertTrue(lastState.isFixed() && lastState.stateRoot() == 0, "empty");
    }

    function test_CoinsLeaveOnceByAnOutputOfThatOneWithdrawal() public {
        fixState();
        bytes memory signature = signLeave(KEY, alice, address(lastState), to);
        lastState.claimCoins(alice, to, signature, proofOf(alice));
        // As the portal looks for it: the hash of the withdrawal, in the message passer's first mapping.
        ILastState.Withdrawal memory left =
            ILastState.Withdrawal(uint256(1) << 240 | uint256(1) << 200, alice, to, 3 ether, 100_000, "");
        bytes32 hash = keccak256(abi.encode(left.nonce, left.sender, left.target, left.value, left.gasLimit, left.data));
        bytes memory key = abi.encodePacked(keccak256(abi.encode(keccak256(abi.encode(hash, uint256(0))))));
        bytes[] memory leaf = new bytes[](1);
        leaf[0] = leafOf(key);
        bytes32 root = keccak256(leaf[0]);
        assertTrue(TrieProof.verify(hex"01", root, key, leaf), "the portal finds it");
        bytes32 posted = oracle.getL2Output(1).outputRoot;
        assertEq(posted, keccak256(abi.encode(bytes32(0), bytes32(0), root, bytes32(0))), "in an output");
        vm.expectRevert(abi.encodeWithSelector(ILastState.ClaimedAlready.selector, alice));
        lastState.claimCoins(alice, to, signature, proofOf(alice));
    }

    /// A challenger may remove that output as any other: then the coins are proposed anew, and what was removed never stands again.
    function test_CoinsWhoseOutputWasRemovedAreProposedAnew() public {
        fixState();
        bytes memory signature = signLeave(KEY, alice, address(lastState), to);
        lastState.claimCoins(alice, to, signature, proofOf(alice));
        bytes32 first = oracle.getL2Output(1).outputRoot;
        oracle.remove(1);
        assertTrue(!lastState.hasClaimedCoins(alice), "removed, and nothing in its place");
        bytes memory other = signLeave(0xB0B5, vm.addr(0xB0B5), address(lastState), to);
        lastState.claimCoins(vm.addr(0xB0B5), to, other, proofOf(vm.addr(0xB0B5)));
        lastState.claimCoins(alice, to, signature, proofOf(alice));
        assertEq(oracle.nextOutputIndex(), 3, "both");
        assertTrue(oracle.getL2Output(1).outputRoot != first && oracle.getL2Output(2).outputRoot != first, "another");
        vm.expectRevert(abi.encodeWithSelector(ILastState.ClaimedAlready.selector, alice));
        lastState.claimCoins(alice, to, signature, proofOf(alice));
        passSeconds(7 days);
        vm.expectRevert(abi.encodeWithSelector(ILastState.ClaimedAlready.selector, alice));
        lastState.claimCoins(alice, to, signature, proofOf(alice));
    }

    /// Each account's coins are a withdrawal of a number of its own.
    function test_TheSecondsCoinsLeaveUnderTheNextNumber() public {
        address bob = vm.addr(0xB0B1);
        keepAccount(bob, 7 ether);
        fixState();
        lastState.claimCoins(alice, to, signLeave(KEY, alice, address(lastState), to), proofOf(alice));
        ILastState.Withdrawal memory left =
            ILastState.Withdrawal((uint256(1) << 240 | uint256(1) << 200) + 1, bob, to, 7 ether, 100_000, "");
        bytes32 hash = keccak256(abi.encode(left.nonce, left.sender, left.target, left.value, left.gasLimit, left.data));
        bytes memory leaf = leafOf(abi.encodePacked(keccak256(abi.encode(keccak256(abi.encode(hash, uint256(0)))))));
        bytes memory signature = signLeave(0xB0B1, bob, address(lastState), to);
        vm.expectEmit(true, true, true, true, address(lastState));
        emit ILastState.CoinsProposed(bob, 2, keccak256(leaf), left, leaf);
        lastState.claimCoins(bob, to, signature, proofOf(bob));
    }

    function leafOf(bytes memory key) internal pure returns (bytes memory) {
        bytes[] memory parts = new bytes[](2);
        (parts[0], parts[1]) = (RLP.encode(abi.encodePacked(hex"20", key)), RLP.encode(bytes(hex"01")));
        return RLP.encode(parts);
    }

    function test_RevertWhen_CoinsAreClaimedByAnotherOrBeforeTheEnd() public {
        bytes memory signature = signLeave(KEY, alice, address(lastState), to);
        vm.expectRevert(abi.encodeWithSelector(ILastState.NotFixed.selector));
        lastState.claimCoins(alice, to, signature, proofOf(alice));
        fixState();
        (bool ok,) = address(lastState)
            .call(abi.encodeCall(lastState.claimCoins, (alice, address(0xBAD), signature, proofOf(alice))));
        assertTrue(!ok, "to another");
        (ok,) = address(lastState)
            .call(abi.encodeCall(lastState.claimCoins, (alice, to, signature, proofOf(address(0xB0B)))));
        assertTrue(!ok, "another's coins");
        bytes memory other = signLeave(0xBAD, address(0xB0B), address(lastState), to);
        vm.expectRevert(abi.encodeWithSelector(ILastState.SignatureOther.selector, vm.addr(0xBAD), address(0xB0B)));
        lastState.claimCoins(address(0xB0B), to, other, proofOf(address(0xB0B)));
    }

    /// Whatever comes in whatever order: the state that is fixed was the last output, and waited out its window.
    function testFuzz_WhatIsFixedIsFinal(uint256[6] memory moves) public {
        for (uint256 i = 0; i < moves.length; ++i) {
            passSeconds(bound(moves[i] >> 8, 1, 9 days));
            uint256 move = moves[i] % 3;
            if (move == 0 && !lastState.isFixed()) post(outputRoot());
            if (move == 1 && !lastState.isFixed()) lastState.ask();
            if (move == 2) {
                uint256 count = oracle.nextOutputIndex();
                (bool ok,) = address(lastState).call(abi.encodeCall(lastState.fixLast, (output())));
                if (!ok || count == 0) continue;
                uint256 postedAt = oracle.getL2Output(count - 1).timestamp;
                assertTrue(vm.getBlockTimestamp() >= postedAt + 7 days, "its window is over");
                assertTrue(lastState.askedAt() > postedAt, "asked behind it");
                assertTrue(vm.getBlockTimestamp() >= lastState.askedAt() + SILENCE_SECONDS, "long ago");
            }
        }
    }
}
