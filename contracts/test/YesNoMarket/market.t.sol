// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IInferenceOracle } from "../../src/interfaces/IInferenceOracle.sol";
import { IYesNoMarket } from "../../src/interfaces/IYesNoMarket.sol";
import { OpenMarket } from "../support/OpenMarket.sol";

contract YesNoMarketTest is OpenMarket {
    address internal optimist = address(0xA1);
    address internal gambler = address(0xA2);
    address internal pessimist = address(0xB1);

    function setUp() public override {
        super.setUp();
        fund(FEE_CAP_WEI);
    }

    function staked() internal {
        stakeAs(optimist, true, 300);
        stakeAs(gambler, true, 100);
        stakeAs(gambler, false, 50);
        stakeAs(pessimist, false, 150);
    }

    function test_OwnsASessionOfThreeCopies() public view {
        uint32 account = market.account();
        assertEq(sessions.ownerOf(account), address(market), "its own");
        assertEq(sessions.sessionOf(account).params.redundant, 3, "copies");
        assertTrue(queue.isEnqueuerOf(address(market), address(oracle)), "asks by the oracle");
        assertEq(payment.laneOf(account, operator).allotmentWei, FEE_CAP_WEI, "what the question may cost");
    }

    function test_SettlesByTheOracleWithOneLiar() public {
        staked();
        bytes32 taskId = askInTime();
        bytes[] memory outputs = three("Yes.", "no", "Yes.");
        answered(taskId, outputs);
        IInferenceOracle.Opening[] memory opened = two(taskId, 0, 2, outputs);
        expectEvent(address(market));
        emit IYesNoMarket.Settled(IYesNoMarket.Outcome.Yes);
        oracle.deliver(taskId, opened);
        assertOutcome(IYesNoMarket.Outcome.Yes);
        assertEq(claimAs(optimist), 450, "three quarters of 600");
        assertEq(claimAs(gambler), 150, "a quarter");
        assertEq(market.heldWei(), 0, "all is paid");
        vm.expectRevert(abi.encodeWithSelector(IYesNoMarket.NothingToClaim.selector, pessimist));
        vm.prank(pessimist);
        market.claim();
        vm.expectRevert(abi.encodeWithSelector(IYesNoMarket.NothingToClaim.selector, optimist));
        vm.prank(optimist);
        market.claim();
    }

    function test_EmitsStakesAndClaims() public {
        cor.approve(address(market), 5);
        expectEvent(address(market));
        emit IYesNoMarket.Staked(address(this), true, 5);
        market.stake(true, 5);
        settledBy(three("yes", "yes", "yes"), 0, 1);
        expectEvent(address(market));
        emit IYesNoMarket.Claimed(address(this), 5);
        market.claim();
    }

    function test_SettlesNo() public {
        staked();
        settledBy(three("no", "NO", "no"), 0, 2);
        assertEq(claimAs(pessimist), 450, "three quarters of 600");
        assertEq(claimAs(gambler), 150, "a quarter");
    }

    function assertRefunded() internal {
        assertOutcome(IYesNoMarket.Outcome.Void);
        assertEq(claimAs(optimist), 300, "back");
        assertEq(claimAs(gambler), 150, "both back");
        assertEq(claimAs(pessimist), 150, "back");
        assertEq(market.heldWei(), 0, "all is paid");
    }

    function test_RefundsAllWhenNobodyAnswers() public {
        staked();
        bytes32 taskId = askInTime();
        vm.warp(CLOSES_AT + 120);
        queue.expire(taskId);
        oracle.close(taskId);
        assertRefunded();
    }

    function test_RefundsAllWhenMinersDiffer() public {
        staked();
        bytes32 taskId = askInTime();
        answered(taskId, three("yes", "no", "perhaps"));
        vm.warp(CLOSES_AT + 1 days);
        oracle.close(taskId);
        assertRefunded();
    }

    function test_RefundsAllWhenTheAnswerIsNeither() public {
        staked();
        settledBy(three("mu", "mu", "mu"), 0, 1);
        assertRefunded();
    }

    function test_RefundsAllWhenNobodyAsked() public {
        staked();
        vm.warp(CLOSES_AT + 7 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IYesNoMarket.OutcomeOpen.selector));
        market.settle();
        vm.warp(CLOSES_AT + 7 days);
        market.settle();
        assertRefunded();
        vm.expectRevert(abi.encodeWithSelector(IYesNoMarket.AskedAlready.selector));
        market.ask();
    }

    function test_RefundsASideThatWonNothing() public {
        stakeAs(pessimist, false, 150);
        settledBy(three("yes", "yes", "yes"), 0, 1);
        assertOutcome(IYesNoMarket.Outcome.Void);
        assertEq(claimAs(pessimist), 150, "back");
    }

    function test_TakesTheOutcomeWhenTheCallFailed() public {
        staked();
        bytes32 taskId = askInTime();
        vm.expectRevert(abi.encodeWithSelector(IYesNoMarket.OutcomeOpen.selector));
        market.settle();
        bytes[] memory outputs = three("yes", "yes", "yes");
        answered(taskId, outputs);
        bytes memory code = address(market).code;
        vm.etch(address(market), "");
        oracle.deliver(taskId, two(taskId, 0, 1, outputs));
        vm.etch(address(market), code);
        assertTrue(oracle.requestOf(taskId).hasCallbackFailed, "the call failed");
        market.settle();
        assertOutcome(IYesNoMarket.Outcome.Yes);
        vm.expectRevert(abi.encodeWithSelector(IYesNoMarket.OutcomeKnown.selector, IYesNoMarket.Outcome.Yes));
        market.settle();
    }

    function test_RevertWhen_StakingIsOverOrNothing() public {
        vm.expectRevert(abi.encodeWithSelector(IYesNoMarket.AmountZero.selector));
        market.stake(true, 0);
        vm.warp(CLOSES_AT);
        vm.expectRevert(abi.encodeWithSelector(IYesNoMarket.StakingOver.selector, CLOSES_AT));
        market.stake(true, 1);
        vm.expectRevert(abi.encodeWithSelector(IYesNoMarket.OutcomeOpen.selector));
        market.claim();
        vm.expectRevert(abi.encodeWithSelector(IYesNoMarket.OutcomeOpen.selector));
        market.closeSession();
        vm.expectRevert(abi.encodeWithSelector(IYesNoMarket.ClosesInThePast.selector, CLOSES_AT));
        this.openedUntil(CLOSES_AT);
    }

    function test_RevertWhen_ItIsAskedTooEarlyTwiceOrUnpaid() public {
        vm.expectRevert(abi.encodeWithSelector(IYesNoMarket.AskTooEarly.selector, CLOSES_AT));
        market.ask();
        askInTime();
        vm.expectRevert(abi.encodeWithSelector(IYesNoMarket.AskedAlready.selector));
        market.ask();
        market = marketClosingAt(CLOSES_AT + 1);
        fund(FEE_CAP_WEI - 1);
        vm.warp(CLOSES_AT + 1);
        vm.expectRevert(abi.encodeWithSelector(IYesNoMarket.FundsBelow.selector, FEE_CAP_WEI - 1, FEE_CAP_WEI));
        market.ask();
        fund(1);
        market.ask();
    }

    function test_RevertWhen_SomebodyElsePlaysTheOracle() public {
        staked();
        bytes32 taskId = askInTime();
        vm.expectRevert(abi.encodeWithSelector(IYesNoMarket.NotOracle.selector, stranger));
        vm.prank(stranger);
        market.onInference(taskId, true, "yes");
        vm.expectRevert(abi.encodeWithSelector(IYesNoMarket.NotOracle.selector, address(oracle)));
        vm.prank(address(oracle));
        market.onInference(keccak256("another"), true, "yes");
    }

    function test_GivesTheCreatorWhatIsLeftOfTheFees() public {
        staked();
        settledBy(three("yes", "yes", "yes"), 0, 1);
        market.closeSession();
        vm.warp(CLOSES_AT + 2 days);
        payment.finaliseClose(market.account());
        uint256 before = cor.balanceOf(address(this));
        expectEvent(address(market));
        emit IYesNoMarket.Swept(address(this), FEE_CAP_WEI);
        assertEq(market.sweep(), FEE_CAP_WEI, "all of it");
        assertEq(cor.balanceOf(address(this)) - before, FEE_CAP_WEI, "the creator's");
        assertEq(market.sweep(), 0, "no stake");
        assertEq(claimAs(optimist), 450, "stakes are untouched");
        vm.expectRevert(abi.encodeWithSelector(IYesNoMarket.OutcomeKnown.selector, IYesNoMarket.Outcome.Yes));
        market.fund(1);
    }

    /// Whatever is staked by whom, and whatever one of three miners says: what is paid is never more than what was staked, less
    /// than a wei for each winner is left, and the honest two decide.
    function testFuzz_PaysAtMostWhatWasStaked(uint96[4] memory yesWei, uint96[4] memory noWei, uint8 liar, bool isYes)
        public
    {
        uint256 stakedWei = 0;
        for (uint160 i = 0; i < 4; ++i) {
            // Eight of these are fewer than there are COR.
            (uint256 yes, uint256 no) = (bound(yesWei[i], 0, 1e25), bound(noWei[i], 0, 1e25));
            if (yes != 0) stakeAs(address(0xA0 + i), true, yes);
            if (no != 0) stakeAs(address(0xA0 + i), false, no);
            stakedWei += yes + no;
        }
        uint256 wonWei = market.totalOf(isYes);
        liar = liar % 3;
        bytes[] memory outputs = isYes ? three("yes", "yes", "yes") : three("no", "no", "no");
        outputs[liar] = isYes ? bytes("no") : bytes("yes");
        (uint8 first, uint8 second) = liar == 0 ? (1, 2) : liar == 1 ? (0, 2) : (0, 1);
        settledBy(outputs, first, second);
        IYesNoMarket.Outcome honest = isYes ? IYesNoMarket.Outcome.Yes : IYesNoMarket.Outcome.No;
        assertOutcome(wonWei == 0 ? IYesNoMarket.Outcome.Void : honest);

        uint256 paidWei = 0;
        for (uint160 i = 0; i < 4; ++i) {
            vm.prank(address(0xA0 + i));
            (bool ok, bytes memory paid) = address(market).call(abi.encodeCall(market.claim, ()));
            if (ok) paidWei += abi.decode(paid, (uint256));
        }
        assertTrue(paidWei <= stakedWei, "never more than was staked");
        assertTrue(stakedWei - paidWei < 4, "and no more than dust is left");
        assertEq(market.heldWei(), stakedWei - paidWei, "which is held");
        assertEq(cor.balanceOf(address(market)), stakedWei - paidWei, "in COR");
    }
}
