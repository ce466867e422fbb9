// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISetChallenges } from "../../src/interfaces/ISetChallenges.sol";
import { BondClaims } from "../../src/l2/BondClaims.sol";
import { SessionPayment } from "../../src/l2/SessionPayment.sol";
import { SetChallenges } from "../../src/l2/SetChallenges.sol";
import { Chunks } from "../../src/libraries/Chunks.sol";
import { Settlements } from "../../src/libraries/Settlements.sol";
import { Network } from "../support/Network.sol";

contract ChallengeTest is Network {
    uint256 internal constant DEPOSIT = 1e18;
    uint96 internal constant BOND = 1_000e18;

    bytes[] internal chunks;
    uint32 internal account;
    uint96 internal debitedWei;

    function setUp() public override {
        super.setUp();
        account = fundedSession(1_000e18);
        cor.approve(address(bond), BOND);
        bond.deposit(operator, BOND);
        vm.prank(owner);
        bond.proposeSlasher(address(bondClaims));
        cor.transfer(stranger, 1_000e18);
        vm.prank(stranger);
        cor.approve(address(challenges), type(uint256).max);
    }

    /* SETS */

    function makeSet(uint256 count) internal {
        delete chunks;
        for (uint256 i = 0; i < count; ++i) {
            chunks.push(abi.encodePacked("chunk ", vm.toString(i)));
        }
    }

    /// Root and path of the set's tree by position, built apart from the library.
    function tree(uint256 index) internal view returns (bytes32 root, bytes32[] memory path) {
        bytes32[] memory level = new bytes32[](chunks.length);
        for (uint256 i = 0; i < chunks.length; ++i) {
            level[i] = keccak256(chunks[i]);
        }
        path = new bytes32[](0);
        while (level.length > 1) {
            uint256 sibling = index ^ 1;
            if (sibling < level.length) path = append(path, level[sibling]);
            bytes32[] memory next = new bytes32[]((level.length + 1) / 2);
            for (uint256 i = 0; i < next.length; ++i) {
                next[i] =
                    2 * i + 1 < level.length ? keccak256(bytes.concat(level[2 * i], level[2 * i + 1])) : level[2 * i];
            }
            (level, index) = (next, index / 2);
        }
        root = level[0];
    }

    function append(bytes32[] memory path, bytes32 node) internal pure returns (bytes32[] memory longer) {
        longer = new bytes32[](path.length + 1);
        for (uint256 i = 0; i < path.length; ++i) {
            longer[i] = path[i];
        }
        longer[path.length] = node;
    }

    function setRoot() internal view returns (bytes32 root) {
        (root,) = tree(0);
    }

    /// Settles 10 COR, 4 of them the miner's, under a settlement root.
    function settleUnder(bytes32 settlementRoot) internal returns (ISetChallenges.Settlement memory settlement) {
        debitedWei += 10e18;
        bytes memory debits = clientDebit(account, debitedWei);
        bytes memory credits = credit(miner, debitedWei * 4 / 10);
        settlement = ISetChallenges.Settlement({
            lane: operator,
            debitsHash: keccak256(debits),
            creditsHash: keccak256(credits),
            settlementRoot: settlementRoot,
            setCid: CID,
            previousHead: payment.headOf(operator),
            timestamp: uint64(vm.getBlockTimestamp())
        });
        vm.prank(operator);
        payment.settle(operator, debits, credits, settlementRoot, CID, "");
    }

    function settleSet(uint256 count) internal returns (ISetChallenges.Settlement memory) {
        makeSet(count);
        return settleUnder(Chunks.settlementRoot(uint32(count), setRoot()));
    }

    function open(ISetChallenges.Settlement memory settlement, uint32 index) internal returns (bytes32) {
        ISetChallenges.Link[] memory none = new ISetChallenges.Link[](0);
        vm.prank(stranger);
        return challenges.open(settlement, none, index);
    }

    function answerWith(bytes32 id, uint256 index) internal {
        (bytes32 root, bytes32[] memory path) = tree(index);
        challenges.answer(id, uint32(chunks.length), root, chunks[index], path);
    }

    function idOf(ISetChallenges.Settlement memory settlement) internal pure returns (bytes32) {
        return Settlements.hashSettlement(
            settlement.lane, settlement.debitsHash, settlement.creditsHash, settlement.settlementRoot, settlement.setCid
        );
    }

    /* JOINING */

    function test_RevertWhen_JoinedByAStrangerOrTwiceOrToAnother() public {
        SetChallenges other = new SetChallenges();
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.NotDeployer.selector, stranger));
        vm.prank(stranger);
        other.join(payment, bondClaims);
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.JoinedElsewhere.selector, address(challenges)));
        other.join(payment, bondClaims);
        SessionPayment.Parts memory parts = partsWith(cor);
        parts.setChallenges = address(other);
        SessionPayment own = new SessionPayment(parts);
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.JoinedElsewhere.selector, address(challenges)));
        other.join(own, bondClaims);
        other.join(own, new BondClaims(registry, own, bond, address(other)));
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.JoinedAlready.selector));
        challenges.join(payment, bondClaims);
    }

    /* OPENING */

    function test_RevertWhen_TheSettlementIsNotInTheLanesChain() public {
        ISetChallenges.Settlement memory settlement = settleSet(3);
        settlement.settlementRoot = keccak256("other");
        bytes32 head = Settlements.nextHead(0, idOf(settlement), settlement.timestamp);
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.HeadForeign.selector, operator, head));
        open(settlement, 0);
    }

    function test_RevertWhen_TheSettlementIsSaidToBeYounger() public {
        ISetChallenges.Settlement memory settlement = settleSet(3);
        vm.warp(vm.getBlockTimestamp() + 30 hours);
        settlement.timestamp = uint64(vm.getBlockTimestamp());
        bytes32 head = Settlements.nextHead(0, idOf(settlement), settlement.timestamp);
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.HeadForeign.selector, operator, head));
        open(settlement, 0);
    }

    function test_TakesASettlementWithLaterOnesBehindItAndUnderANotedHead() public {
        ISetChallenges.Settlement memory first = settleSet(3);
        vm.warp(vm.getBlockTimestamp() + 60);
        ISetChallenges.Settlement memory second = settleSet(2);
        ISetChallenges.Link[] memory later = new ISetChallenges.Link[](1);
        later[0] = ISetChallenges.Link(idOf(second), second.timestamp);
        vm.prank(stranger);
        challenges.open(first, later, 0);
        challenges.noteHead(operator);
        settleSet(1);
        vm.prank(stranger);
        challenges.open(first, later, 1);
        open(second, 0);
        assertEq(challenges.openOf(operator), 3, "open");
    }

    function test_RevertWhen_TheSettlementIsTooOld() public {
        ISetChallenges.Settlement memory settlement = settleSet(3);
        uint256 until = vm.getBlockTimestamp() + 22 hours;
        vm.warp(until);
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.ChallengeTooLate.selector, until));
        open(settlement, 0);
        vm.warp(until - 1);
        open(settlement, 0);
    }

    function test_RevertWhen_AChunkIsAskedForTwice() public {
        ISetChallenges.Settlement memory settlement = settleSet(3);
        bytes32 id = open(settlement, 1);
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.ChallengeExists.selector, id));
        open(settlement, 1);
        answerWith(id, 1);
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.ChallengeExists.selector, id));
        open(settlement, 1);
    }

    function test_RevertWhen_TooManyOfALaneAreOpen() public {
        ISetChallenges.Settlement memory settlement = settleSet(40);
        bytes32 first = open(settlement, 0);
        for (uint32 i = 1; i < 32; ++i) {
            open(settlement, i);
        }
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.TooManyOpen.selector, 32));
        open(settlement, 32);
        answerWith(first, 0);
        open(settlement, 32);
    }

    /* ANSWERING */

    function testFuzz_AnAnswerHasWhatTheChallengePutDown(uint8 count, uint8 index) public {
        count = uint8(bound(count, 1, 40));
        index = uint8(bound(index, 0, count - 1));
        ISetChallenges.Settlement memory settlement = settleSet(count);
        bytes32 id = open(settlement, index);
        expectEvent(address(challenges));
        emit ISetChallenges.ChallengeAnswered(id, operator, count);
        answerWith(id, index);
        assertEq(cor.balanceOf(operator), DEPOSIT, "the operator's");
        assertEq(cor.balanceOf(address(challenges)), 0, "nothing stays");
        assertEq(challenges.openOf(operator), 0, "none is open");
        vm.warp(vm.getBlockTimestamp() + 2 hours);
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.ChallengeNotOpen.selector, id));
        challenges.condemn(id);
    }

    function testFuzz_RevertWhen_AnotherChunkIsShown(uint8 count, uint8 index, uint8 shown) public {
        count = uint8(bound(count, 2, 40));
        index = uint8(bound(index, 0, count - 1));
        shown = uint8(bound(shown, 0, count - 1));
        if (shown == index) return;
        bytes32 id = open(settleSet(count), index);
        (bytes32 root, bytes32[] memory path) = tree(shown);
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.ChunkForeign.selector, index, root));
        challenges.answer(id, count, root, chunks[shown], path);
    }

    function test_RevertWhen_ThePathIsTooLongOrTooShort() public {
        bytes32 id = open(settleSet(5), 1);
        (bytes32 root, bytes32[] memory path) = tree(1);
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.ChunkForeign.selector, 1, root));
        challenges.answer(id, 5, root, chunks[1], append(path, root));
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.ChunkForeign.selector, 1, root));
        challenges.answer(id, 5, root, chunks[1], new bytes32[](0));
    }

    function test_RevertWhen_TheRootIsNotTheSettlements() public {
        ISetChallenges.Settlement memory settlement = settleSet(3);
        bytes32 id = open(settlement, 1);
        (bytes32 root, bytes32[] memory path) = tree(1);
        bytes32 given = Chunks.settlementRoot(4, root);
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.RootForeign.selector, given, settlement.settlementRoot));
        challenges.answer(id, 4, root, chunks[1], path);
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.RootForeign.selector, given, settlement.settlementRoot));
        challenges.answerBeyond(id, 4, root);
    }

    function test_RevertWhen_AChunkIsLongerThanAnAnswerCarries() public {
        makeSet(1);
        chunks[0] = new bytes(4_097);
        bytes32 id = open(settleUnder(Chunks.settlementRoot(1, setRoot())), 0);
        bytes32 root = setRoot();
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.ChunkTooLong.selector, 4_097, 4_096));
        challenges.answer(id, 1, root, chunks[0], new bytes32[](0));
        chunks[0] = new bytes(4_096);
        id = open(settleUnder(Chunks.settlementRoot(1, setRoot())), 0);
        answerWith(id, 0);
    }

    function test_AnswersThatTheSetEndsBeforeTheIndexOnce() public {
        ISetChallenges.Settlement memory settlement = settleSet(3);
        bytes32 id = open(settlement, 3);
        bytes32 within = open(settlement, 2);
        bytes32 root = setRoot();
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.IndexWithin.selector, 2, 3));
        challenges.answerBeyond(within, 3, root);
        challenges.answerBeyond(id, 3, root);
        assertEq(cor.balanceOf(operator), DEPOSIT, "the operator's");
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.IndexBeyond.selector, 4, 3));
        open(settlement, 4);
        open(settlement, 1);
    }

    function test_RevertWhen_AnsweredTooLateOrTwice() public {
        ISetChallenges.Settlement memory settlement = settleSet(3);
        bytes32 id = open(settlement, 1);
        bytes32 other = open(settlement, 0);
        (bytes32 root, bytes32[] memory path) = tree(1);
        uint256 deadline = vm.getBlockTimestamp() + 1 hours;
        vm.warp(deadline - 1);
        answerWith(other, 0);
        (bytes32 sameRoot, bytes32[] memory otherPath) = tree(0);
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.ChallengeNotOpen.selector, other));
        challenges.answer(other, 3, sameRoot, chunks[0], otherPath);
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.AnswerTooLate.selector, deadline));
        challenges.answer(id, 3, root, chunks[1], path);
    }

    /* CONDEMNING */

    function test_RevertWhen_CondemnedTooEarly() public {
        bytes32 id = open(settleSet(3), 0);
        uint256 deadline = vm.getBlockTimestamp() + 1 hours;
        vm.warp(deadline - 1);
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.CondemnTooEarly.selector, deadline));
        challenges.condemn(id);
    }

    /// A settlement challenged at the last moment is still in time: what it earned has not matured when it is condemned.
    function test_TakesWhatTheLaneEarnedAndATenthOfTheBond() public {
        vm.warp((vm.getBlockTimestamp() / 1 days + 1) * 1 days + 23 hours);
        ISetChallenges.Settlement memory settlement = settleSet(3);
        vm.warp(vm.getBlockTimestamp() + 22 hours - 1);
        bytes32 id = open(settlement, 0);
        vm.warp(vm.getBlockTimestamp() + 2 hours - 1);
        uint256 supplyWei = cor.totalSupply();
        uint256 heldWei = cor.balanceOf(stranger);
        expectEvent(address(challenges));
        emit ISetChallenges.SetCondemned(id, operator, idOf(settlement), 6e18, BOND / 10);
        challenges.condemn(id);
        uint256 finderWei = (6e18 + BOND / 10) * 2 / 10;
        assertEq(cor.balanceOf(stranger) - heldWei, DEPOSIT + finderWei, "the deposit, and the finder's share");
        assertEq(supplyWei - cor.totalSupply(), 6e18 + BOND / 10 - finderWei, "the rest is burned");
        assertEq(earnedBy(operator), 0, "nothing is left to mature");
        assertEq(creditedTo(operator, miner), 4e18, "the payee's credit stands");
        assertEq(cor.balanceOf(address(challenges)) + cor.balanceOf(address(bondClaims)), 0, "nothing stays");
        vm.expectRevert(abi.encodeWithSelector(ISetChallenges.ChallengeNotOpen.selector, id));
        challenges.condemn(id);
    }

    function test_PunishesASettlementOnce() public {
        ISetChallenges.Settlement memory settlement = settleSet(3);
        bytes32 first = open(settlement, 0);
        bytes32 second = open(settlement, 1);
        vm.warp(vm.getBlockTimestamp() + 1 hours);
        challenges.condemn(first);
        uint256 bondWei = bond.bondOf(operator).bondWei;
        settleSet(1);
        uint256 heldWei = cor.balanceOf(stranger);
        challenges.condemn(second);
        assertEq(bond.bondOf(operator).bondWei, bondWei, "the bond is not slashed again");
        assertEq(earnedBy(operator), 6e18, "nor what was earned since");
        assertEq(cor.balanceOf(stranger) - heldWei, DEPOSIT, "the deposit comes back");
        assertEq(challenges.openOf(operator), 0, "none is open");
    }

    function test_CondemnsAnOperatorWithoutABond() public {
        vm.prank(address(bondClaims));
        bond.slash(operator, BOND, owner);
        ISetChallenges.Settlement memory settlement = settleSet(2);
        bytes32 id = open(settlement, 0);
        vm.warp(vm.getBlockTimestamp() + 1 hours);
        expectEvent(address(challenges));
        emit ISetChallenges.SetCondemned(id, operator, idOf(settlement), 6e18, 0);
        challenges.condemn(id);
        assertEq(earnedBy(operator), 0, "what it earned is taken all the same");
    }

    function test_CondemnsALaneWhoseEarningsHaveMatured() public {
        vm.prank(operator);
        bond.requestExit(BOND);
        ISetChallenges.Settlement memory settlement = settleSet(2);
        bytes32 id = open(settlement, 0);
        vm.warp(vm.getBlockTimestamp() + 48 hours);
        expectEvent(address(challenges));
        emit ISetChallenges.SetCondemned(id, operator, idOf(settlement), 0, BOND / 10);
        challenges.condemn(id);
        assertEq(earnedBy(operator), 6e18, "nobody condemned it in time");
    }
}
