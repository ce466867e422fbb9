// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { IExitVault } from "../../src/interfaces/IExitVault.sol";
import { ILastState } from "../../src/interfaces/ILastState.sol";
import { CorVault } from "../../src/l1/CorVault.sol";
import { ExitVault } from "../../src/l1/ExitVault.sol";
import { Holdings } from "../../src/libraries/Holdings.sol";
import { StateProofs } from "../../src/libraries/StateProofs.sol";
import { CallingToken } from "../../test/support/HostileTokens.sol";
import { LeavingMembers } from "./LeavingMembers.sol";
import { Trie } from "./Trie.sol";

contract LeaveTest is LeavingMembers {
    function setUp() public {
        makeNetwork();
    }

    function refuses(bytes memory call, string memory label) internal {
        uint256 before = cor.balanceOf(address(vault));
        (bool ok,) = address(vault).call(call);
        assertTrue(!ok, label);
        assertEq(cor.balanceOf(address(vault)), before, "nothing left");
    }

    /// Whatever is whose: all of it leaves, and nothing is left or lacking.
    function testFuzz_EveryHoldingLeavesOnceAndNothingIsLeft(uint256[8] memory amounts) public {
        World memory world = liveIn(amounts);
        fixState();
        showAll();
        uint256 whole = vault.lockedWei();
        assertEq(cor.balanceOf(address(vault)), whole, "backed");
        leaveAll(world);
        carryUp(0);
        vault.takeBack(world.waiting, true, proofOf(address(up), Holdings.at(world.waiting, Holdings.STATES_SLOT)));
        uint256 paid = cor.balanceOf(paidTo) + cor.balanceOf(WITHDRAWN_TO) + world.waitingWei;
        assertEq(paid, whole - vault.lockedWei(), "what left was locked");
        // A stake's shares are rounded down.
        assertTrue(vault.lockedWei() <= 1, "and that is all");
        assertEq(cor.balanceOf(address(vault)), vault.lockedWei(), "to the wei");
    }

    function test_RevertWhen_AHoldingIsClaimedAgain() public {
        World memory world = liveIn(someAmounts());
        fixState();
        showAll();
        leaveAll(world);
        bytes[] memory calls = callsOf(world);
        for (uint256 i = 0; i < calls.length; ++i) {
            refuses(calls[i], "again");
        }
        bytes[] memory nodes = proofOf(address(up), Holdings.at(world.waiting, Holdings.STATES_SLOT));
        vault.takeBack(world.waiting, true, nodes);
        vm.expectRevert(
            abi.encodeWithSelector(
                IExitVault.ClaimedAlready.selector, keccak256(abi.encode(IExitVault.Holding.Lock, world.waiting))
            )
        );
        vault.takeBack(world.waiting, true, nodes);
    }

    function test_RevertWhen_SomebodyElseSignedOrItIsPaidElsewhere() public {
        World memory world = liveIn(someAmounts());
        fixState();
        showAll();
        isForged = true;
        bytes[] memory calls = callsOf(world);
        for (uint256 i = 0; i < calls.length; ++i) {
            refuses(calls[i], "another's signature");
        }
        isForged = false;
        IExitVault.Leaver memory leaver = leaverOf(ALICE_KEY);
        leaver.to = address(0xBAD);
        refuses(abi.encodeCall(vault.claimBalance, (leaver, balanceProof(leaver.account))), "to another");
        leaver = leaverOf(OUTSIDER_KEY);
        refuses(abi.encodeCall(vault.claimBalance, (leaver, balanceProof(vm.addr(ALICE_KEY)))), "by another's proof");
        refuses(abi.encodeCall(vault.claimBalance, (leaver, balanceProof(leaver.account))), "who has nothing");
        bytes memory call =
            abi.encodeCall(vault.claimSession, (leaver, world.session, sessionProof(world.session, world.lanes)));
        refuses(call, "another's session");
    }

    /// One byte of one node of any claim.
    function testFuzz_AForgedProofPaysNothing(uint256 which, uint256 at, uint8 flip) public {
        World memory world = liveIn(someAmounts());
        fixState();
        showAll();
        bytes[] memory nodes = balanceProof(vm.addr(ALICE_KEY));
        bytes memory node = nodes[which % nodes.length];
        node[at % node.length] ^= bytes1(uint8(bound(flip, 1, 255)));
        refuses(abi.encodeCall(vault.claimBalance, (leaverOf(ALICE_KEY), nodes)), "a balance");
        IExitVault.SessionProof memory proof = sessionProof(world.session, world.lanes);
        bytes[] memory part = which % 4 == 0
            ? proof.owner
            : which % 4 == 1 ? proof.account : which % 4 == 2 ? proof.count : proof.lanes[0].spent;
        node = part[part.length - 1];
        node[at % node.length] ^= bytes1(uint8(bound(flip, 1, 255)));
        refuses(abi.encodeCall(vault.claimSession, (leaverOf(CLIENT_KEY), world.session, proof)), "a session");
    }

    function test_RevertWhen_ASessionsLanesAreLeftOut() public {
        World memory world = liveIn(someAmounts());
        fixState();
        showAll();
        IExitVault.SessionProof memory proof = sessionProof(world.session, world.lanes);
        proof.lanes = new IExitVault.LaneProof[](0);
        vm.expectRevert(abi.encodeWithSelector(IExitVault.LanesOther.selector, 0, 2));
        vault.claimSession(leaverOf(CLIENT_KEY), world.session, proof);
    }

    /// Its storage says more is owed than it has: wallets pay for none of it.
    function test_RevertWhen_AContractOwesMoreThanItHolds() public {
        World memory world = liveIn(someAmounts());
        uint256 lessWei = bridged.balanceOf(address(payment)) - payment.depositOf(world.unallotted) - 5;
        vm.prank(address(payment));
        bridged.transfer(address(0xDEAD), lessWei);
        keepBalances();
        fixState();
        showAll();
        IExitVault.SessionProof memory proof = sessionProof(world.unallotted, new address[](0));
        vault.claimSession(leaverOf(CLIENT_KEY), world.unallotted, proof);
        assertEq(vault.leftWei(address(payment)), 5, "what is left of it");
        proof = sessionProof(world.session, world.lanes);
        uint256 claimed = payment.depositOf(world.session) - spentOf(world);
        vm.expectRevert(abi.encodeWithSelector(IExitVault.HeldBelow.selector, address(payment), 5, claimed));
        vault.claimSession(leaverOf(CLIENT_KEY), world.session, proof);
    }

    function test_RevertWhen_WhatArrivedIsTakenBack() public {
        World memory world = liveIn(someAmounts());
        fixState();
        showAll();
        bytes[] memory nodes = proofOf(address(up), Holdings.at(world.arrived, Holdings.STATES_SLOT));
        vm.expectRevert(abi.encodeWithSelector(IExitVault.LockArrived.selector, world.arrived));
        vault.takeBack(world.arrived, false, nodes);
        vm.expectRevert(
            abi.encodeWithSelector(StateProofs.NotAbsent.selector, Holdings.at(world.arrived, Holdings.STATES_SLOT))
        );
        vault.takeBack(world.arrived, true, nodes);
        vm.expectRevert(abi.encodeWithSelector(IExitVault.LockUnknown.selector, keccak256("none")));
        vault.takeBack(keccak256("none"), true, nodes);
    }

    /// It came down while nothing was taken in, and was never handed on.
    function test_WhatArrivedAndWasHeldUpGoesBack() public {
        World memory world = liveIn(someAmounts());
        pause.set(true);
        carryDown(1);
        pause.set(false);
        uint256 slot = Holdings.at(world.waiting, Holdings.STATES_SLOT);
        keep(address(up), slot);
        keepAccounts();
        fixState();
        showAll();
        bytes[] memory nodes = proofOf(address(up), slot);
        vm.expectRevert(abi.encodeWithSelector(StateProofs.NotAbsent.selector, slot));
        vault.takeBack(world.waiting, true, nodes);
        bytes32 claim = keccak256(abi.encode(IExitVault.Holding.Lock, world.waiting));
        vm.expectEmit(true, true, true, true, address(vault));
        emit IExitVault.Left(IExitVault.Holding.Lock, address(this), address(this), claim, world.waitingWei);
        vault.takeBack(world.waiting, false, nodes);
    }

    function test_WhatIsShownAndWhatLeavesIsTold() public {
        liveIn(someAmounts());
        fixState();
        bytes[] memory nodes = proofOf(address(bridged));
        bytes32 root = Trie.rootOf(_slots[address(bridged)]);
        vm.expectEmit(true, true, true, true, address(vault));
        emit IExitVault.ContractShown(address(bridged), root, 0);
        vault.showContract(address(bridged), nodes, new bytes[](0));
        (nodes, root) = (proofOf(address(payment)), Trie.rootOf(_slots[address(payment)]));
        bytes[] memory balance = balanceProof(address(payment));
        uint256 heldWei = bridged.balanceOf(address(payment));
        vm.expectEmit(true, true, true, true, address(vault));
        emit IExitVault.ContractShown(address(payment), root, heldWei);
        vault.showContract(address(payment), nodes, balance);
        IExitVault.Leaver memory leaver = leaverOf(ALICE_KEY);
        (balance, heldWei) = (balanceProof(alice), bridged.balanceOf(alice));
        bytes32 which = bytes32(uint256(uint160(alice)));
        bytes32 claim = keccak256(abi.encode(IExitVault.Holding.Balance, which));
        vm.expectEmit(true, true, true, true, address(vault));
        emit IExitVault.Left(IExitVault.Holding.Balance, alice, paidTo, claim, heldWei);
        vault.claimBalance(leaver, balance);
    }

    function test_RevertWhen_ASessionHasSpentAll() public {
        World memory world = liveIn(someAmounts());
        uint96 wholeWei = uint96(payment.depositOf(world.session));
        payment.setAllotment(world.session, operator, wholeWei);
        settle(world.session, wholeWei, wholeWei / 4);
        delete _slots[address(payment)];
        keepState(world);
        fixState();
        showAll();
        IExitVault.Leaver memory leaver = leaverOf(CLIENT_KEY);
        IExitVault.SessionProof memory proof = sessionProof(world.session, world.lanes);
        vm.expectRevert(abi.encodeWithSelector(IExitVault.NothingHeld.selector));
        vault.claimSession(leaver, world.session, proof);
    }

    /// A token that calls in the middle of a transfer: nothing of the vault can be entered then.
    function test_RevertWhen_ItIsEnteredAgain() public {
        World memory world = liveIn(someAmounts());
        CallingToken token = new CallingToken();
        CorVault.Parts memory above =
            CorVault.Parts(token, down, L2, address(bridged), vault.compliance(), vault.pause());
        IExitVault.Below memory below =
            IExitVault.Below(address(up), address(payment), address(sessions), address(bond), address(stakeVault));
        ExitVault other = new ExitVault(above, below, lastState);
        token.approve(address(other), 1_000);
        bytes[] memory calls = callsOf(world);
        for (uint256 i = 0; i < calls.length; ++i) {
            entersAgain(token, other, calls[i]);
        }
        entersAgain(token, other, abi.encodeCall(other.takeBack, (world.waiting, true, new bytes[](0))));
        entersAgain(token, other, abi.encodeCall(other.lock, (alice, 1)));
        entersAgain(token, other, abi.encodeCall(other.onMessage, (L2, address(bridged), 0, "")));
    }

    function entersAgain(CallingToken token, ExitVault other, bytes memory call) internal {
        token.callInTransfers(address(other), call);
        vm.expectRevert(abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
        other.lock(alice, 1);
    }

    function test_RevertWhen_TheChainIsNotFixedOrIs() public {
        World memory world = liveIn(someAmounts());
        vm.expectRevert(abi.encodeWithSelector(ILastState.NotFixed.selector));
        vault.showContract(address(bridged), new bytes[](0), new bytes[](0));
        vm.expectRevert(abi.encodeWithSelector(ILastState.NotFixed.selector));
        vault.takeBack(world.waiting, true, new bytes[](0));
        fixState();
        vm.expectRevert(abi.encodeWithSelector(IExitVault.ChainFixed.selector));
        vault.lock(address(1), 1);
        IExitVault.Leaver memory leaver = leaverOf(ALICE_KEY);
        vm.expectRevert(abi.encodeWithSelector(IExitVault.NotShown.selector, address(bridged)));
        vault.claimBalance(leaver, new bytes[](0));
        vm.expectRevert(abi.encodeWithSelector(IExitVault.ContractUnknown.selector, address(this)));
        vault.showContract(address(this), new bytes[](0), new bytes[](0));
        showAll();
        vm.expectRevert(abi.encodeWithSelector(IExitVault.ShownAlready.selector, address(bridged)));
        vault.showContract(address(bridged), new bytes[](0), new bytes[](0));
    }

    function test_AChainThatNeverPostedGivesBackWhatWasLocked() public {
        bytes32 id = vault.lock(address(1), 7 ether);
        lastState.ask();
        passSeconds(SILENCE_SECONDS);
        lastState.fixLast(ILastState.Output(0, 0, 0));
        uint256 before = cor.balanceOf(address(this));
        assertEq(vault.takeBack(id, true, new bytes[](0)), 7 ether, "all");
        assertEq(cor.balanceOf(address(this)) - before, 7 ether, "to who locked it");
        assertEq(vault.lockedWei(), 0, "nothing is left");
    }

    /// A pause of the parent's hook stops nobody who leaves.
    function test_NoHookIsAskedOnTheWayOut() public {
        World memory world = liveIn(someAmounts());
        fixState();
        pause.set(true);
        showAll();
        leaveAll(world);
        assertTrue(cor.balanceOf(paidTo) != 0, "paid");
    }
}
