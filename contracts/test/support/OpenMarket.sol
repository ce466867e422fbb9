// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { YesNoMarket } from "../../src/examples/YesNoMarket.sol";
import { IYesNoMarket } from "../../src/interfaces/IYesNoMarket.sol";
import { Cor } from "../../src/l1/Cor.sol";
import { NoCompliance } from "../../src/l1/NoCompliance.sol";
import { NoPause } from "../../src/l1/NoPause.sol";
import { NoRoyalty } from "../../src/l2/NoRoyalty.sol";
import { SessionPayment } from "../../src/l2/SessionPayment.sol";
import { AskedOracle } from "./AskedOracle.sol";

/// A market of the test's own, with what it may cost paid in, and holders with COR to stake.
abstract contract OpenMarket is AskedOracle {
    uint96 internal constant FEE_CAP_WEI = 1e16;
    uint256 internal constant CLOSES_AT = NOW + 1 days;

    Cor internal cor;
    SessionPayment internal payment;
    YesNoMarket internal market;

    function setUp() public virtual override {
        super.setUp();
        cor = new Cor(address(this));
        payment = new SessionPayment(
            SessionPayment.Parts({
                cor: cor,
                sessions: sessions,
                routers: routers,
                complianceHook: new NoCompliance(),
                pauseHook: new NoPause(),
                royaltyHook: new NoRoyalty(),
                setChallenges: address(0x5E7C),
                t0: NOW - 600,
                epochSeconds: 600
            })
        );
        market = marketClosingAt(CLOSES_AT);
    }

    function marketClosingAt(uint256 closesAt) internal returns (YesNoMarket) {
        return new YesNoMarket(
            IYesNoMarket.Parts({ cor: cor, sessions: sessions, payment: payment, queue: queue, oracle: oracle }),
            IYesNoMarket.Question({
                text: "Is the sky blue?",
                modelId: keccak256("model"),
                assigner: operator,
                maxIn: 200,
                feeCapWei: FEE_CAP_WEI,
                closesAt: uint40(closesAt)
            }),
            IYesNoMarket.Spender({
                key: router, capPerEpochWei: FEE_CAP_WEI, totalCapWei: FEE_CAP_WEI, expires: uint64(closesAt + 30 days)
            })
        );
    }

    /// A call of its own, for a refusal of the constructor's to be expected of.
    function openedUntil(uint256 closesAt) external returns (YesNoMarket) {
        return marketClosingAt(closesAt);
    }

    function fund(uint96 amountWei) internal {
        cor.approve(address(market), amountWei);
        market.fund(amountWei);
    }

    function stakeAs(address holder, bool isYes, uint256 amountWei) internal {
        cor.transfer(holder, amountWei);
        vm.prank(holder);
        cor.approve(address(market), amountWei);
        vm.prank(holder);
        market.stake(isYes, amountWei);
    }

    function askInTime() internal returns (bytes32 taskId) {
        vm.warp(CLOSES_AT);
        market.ask();
        return market.taskId();
    }

    /// The market's question, answered so by three miners; the first and the last of `seats` are shown.
    function settledBy(bytes[] memory outputs, uint8 first, uint8 second) internal {
        bytes32 taskId = askInTime();
        answered(taskId, outputs);
        oracle.deliver(taskId, two(taskId, first, second, outputs));
    }

    function claimAs(address holder) internal returns (uint256 amountWei) {
        uint256 before = cor.balanceOf(holder);
        vm.prank(holder);
        amountWei = market.claim();
        assertEq(cor.balanceOf(holder) - before, amountWei, "paid");
    }

    function assertOutcome(IYesNoMarket.Outcome outcome) internal view {
        assertEq(uint256(market.outcome()), uint256(outcome), "outcome");
    }
}
