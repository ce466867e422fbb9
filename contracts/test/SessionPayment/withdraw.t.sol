// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { Credits } from "../../src/libraries/Credits.sol";
import { SessionPayment } from "../../src/l2/SessionPayment.sol";
import { Network } from "../support/Network.sol";

/// A token that tells one receiver of what it gets.
contract TellingToken is ERC20 {
    ReentrantPayee public listener;

    constructor() ERC20("Telling", "TELL") {
        _mint(msg.sender, 1_000);
    }

    function tell(ReentrantPayee listener_) external {
        listener = listener_;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (to != address(0) && to == address(listener)) listener.received();
    }
}

/// A payee that withdraws again from within its own payment.

contract ReentrantPayee {
    SessionPayment public payment;
    address public lane;
    bytes4 public refusal;

    function aim(SessionPayment payment_, address lane_) external {
        (payment, lane) = (payment_, lane_);
    }

    function collect() public returns (uint256) {
        address[] memory lanes = new address[](1);
        lanes[0] = lane;
        return payment.withdraw(address(this), lanes, address(this));
    }

    function received() external {
        try this.collect() { }
        catch (bytes memory reason) {
            refusal = bytes4(reason);
        }
    }
}

contract WithdrawTest is Network {
    uint256 internal constant MINER_KEY = 0x314159;

    uint32 internal account;
    address internal worker = vm.addr(MINER_KEY);

    function setUp() public override {
        super.setUp();
        account = fundedSession(100);
    }

    function only(address lane) internal pure returns (address[] memory lanes) {
        lanes = new address[](1);
        lanes[0] = lane;
    }

    function withdrawAs(address by, address payee, address lane, address to) internal returns (uint256) {
        address[] memory lanes = only(lane);
        vm.prank(by);
        return payment.withdraw(payee, lanes, to);
    }

    /* CREDITS */

    function test_PaysAPayeeAllThatItsLanesCredited() public {
        settle(clientDebit(account, 10), credit(worker, 4));
        cor.approve(address(payment), 5);
        payment.raiseCredit(stranger, worker, 5);
        address[] memory lanes = new address[](4);
        (lanes[0], lanes[1], lanes[2], lanes[3]) = (operator, stranger, operator, client);
        expectEvent(address(payment));
        emit ISessionPayment.CreditWithdrawn(operator, worker, client, 4);
        expectEvent(address(payment));
        emit ISessionPayment.CreditWithdrawn(stranger, worker, client, 5);
        vm.prank(worker);
        assertEq(payment.withdraw(worker, lanes, client), 9, "each lane once");
        assertEq(cor.balanceOf(client), 9, "paid");
        Credits.Credit memory held = payment.creditOf(operator, worker);
        assertEq(held.creditedWei, 4, "the counter stays");
        assertEq(held.withdrawnWei, 4, "all of it");
    }

    function test_PaysTheRegisteredOperatorOfTheNodeAlsoAfterItLeft() public {
        registerNode(MINER_KEY, stranger, 2);
        settle(clientDebit(account, 10), credit(worker, 4));
        assertEq(withdrawAs(stranger, worker, operator, stranger), 4, "first");
        vm.prank(stranger);
        registry.leave(worker);
        settle(clientDebit(account, 20), credit(worker, 11));
        assertEq(withdrawAs(stranger, worker, operator, stranger), 7, "the rest");
    }

    function test_RevertWhen_SomebodyElseWithdraws() public {
        settle(clientDebit(account, 10), credit(worker, 4));
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.NotPayee.selector, stranger, worker));
        withdrawAs(stranger, worker, operator, stranger);
        registerNode(MINER_KEY, client, 2);
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.NotPayee.selector, operator, worker));
        withdrawAs(operator, worker, operator, operator);
    }

    function test_RevertWhen_NothingIsThere() public {
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.NothingToWithdraw.selector, worker));
        withdrawAs(worker, worker, operator, worker);
        settle(clientDebit(account, 10), credit(worker, 4));
        withdrawAs(worker, worker, operator, worker);
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.NothingToWithdraw.selector, worker));
        withdrawAs(worker, worker, operator, worker);
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.NothingToWithdraw.selector, worker));
        vm.prank(worker);
        payment.withdraw(worker, new address[](0), worker);
    }

    function test_RevertWhen_PaidToTheZeroAddress() public {
        settle(clientDebit(account, 10), credit(worker, 4));
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(0)));
        withdrawAs(worker, worker, operator, address(0));
        assertEq(payment.creditOf(operator, worker).withdrawnWei, 0, "still there");
    }

    function test_PaysAReceiverThatCallsBackOnce() public {
        TellingToken token = new TellingToken();
        payment = new SessionPayment(partsWith(token));
        ReentrantPayee payee = new ReentrantPayee();
        token.approve(address(payment), 100);
        payment.raiseCredit(operator, address(payee), 40);
        payment.raiseCredit(operator, stranger, 60);
        payee.aim(payment, operator);
        token.tell(payee);
        assertEq(payee.collect(), 40, "its credit");
        assertEq(token.balanceOf(address(payee)), 40, "once");
        assertEq(token.balanceOf(address(payment)), 60, "the other's is there");
        assertEq(
            bytes32(payee.refusal()),
            bytes32(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector),
            "the call back was refused"
        );
    }

    /* RAISING */

    function testFuzz_RaisesACreditWithTheCallersCoins(uint96 settledWei, uint96 cumulativeWei) public {
        settledWei = uint96(bound(settledWei, 0, 100));
        cumulativeWei = uint96(bound(cumulativeWei, uint256(settledWei) + 1, 1e26));
        settle(clientDebit(account, 100), credit(worker, settledWei));
        uint256 raisedWei = cumulativeWei - settledWei;
        cor.approve(address(payment), raisedWei);
        expectEvent(address(payment));
        emit ISessionPayment.CreditRaised(operator, worker, address(this), raisedWei, cumulativeWei);
        assertEq(payment.raiseCredit(operator, worker, cumulativeWei), raisedWei, "raised");
        assertEq(creditedTo(operator, worker), cumulativeWei, "credited");
        assertEq(cor.balanceOf(address(payment)), 100 + raisedWei, "coins");
    }

    function testFuzz_RevertWhen_ARaiseIsNotHigher(uint96 cumulativeWei) public {
        cumulativeWei = uint96(bound(cumulativeWei, 0, 40));
        settle(clientDebit(account, 40), credit(worker, 40));
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.CreditNotRaised.selector, 40, cumulativeWei));
        payment.raiseCredit(operator, worker, cumulativeWei);
    }

    function test_RevertWhen_TheRaisedPayeeIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(Credits.PayeeZero.selector));
        payment.raiseCredit(operator, address(0), 1);
    }

    function test_CountsTheLargestCreditThereCanBe() public {
        cor.approve(address(payment), type(uint256).max);
        vm.expectRevert(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientBalance.selector,
                address(this),
                cor.balanceOf(address(this)),
                type(uint96).max
            )
        );
        payment.raiseCredit(operator, worker, type(uint96).max);
    }

    function test_ASettlementMovesNothingThatWasRaisedBefore() public {
        cor.approve(address(payment), 30);
        payment.raiseCredit(operator, worker, 30);
        settle(clientDebit(account, 50), credit(worker, 30));
        assertEq(creditedTo(operator, worker), 30, "paid once");
        assertEq(earnedBy(operator), 50, "the debit is the operator's");
    }

    /* EARNINGS */

    function testFuzz_AnEarningWaitsADayAndAtMostTwo(uint256 earnedAt, uint256 waited) public {
        earnedAt = bound(earnedAt, 1 days, 3 days);
        waited = bound(waited, 0, 4 days);
        vm.warp(vm.getBlockTimestamp() + earnedAt);
        settle(clientDebit(account, 10), credit(worker, 3));
        vm.warp(vm.getBlockTimestamp() + waited);
        (uint256 maturedWei, uint256 maturingWei) = payment.earningsOf(operator);
        assertEq(maturedWei + maturingWei, 7, "all of it");
        if (waited < 24 hours) assertEq(maturedWei, 0, "not before a day");
        if (waited >= 48 hours) assertEq(maturingWei, 0, "not after two");
        if (maturedWei == 0) {
            vm.expectRevert(abi.encodeWithSelector(ISessionPayment.NothingToWithdraw.selector, operator));
            vm.prank(operator);
            payment.withdrawMatured(operator);
            return;
        }
        expectEvent(address(payment));
        emit ISessionPayment.EarningsWithdrawn(operator, client, 7);
        vm.prank(operator);
        assertEq(payment.withdrawMatured(client), 7, "paid");
        assertEq(cor.balanceOf(client), 7, "there");
        assertEq(earnedBy(operator), 0, "nothing is left");
    }

    function test_EarningsOfThreeDaysMatureOneAfterTheOther() public {
        uint256 day = (vm.getBlockTimestamp() / 1 days + 1) * 1 days;
        vm.warp(day);
        settle(clientDebit(account, 1), "");
        vm.warp(day + 1 days);
        settle(clientDebit(account, 21), "");
        vm.warp(day + 2 days);
        settle(clientDebit(account, 91), "");
        (uint256 maturedWei, uint256 maturingWei) = payment.earningsOf(operator);
        assertEq(maturedWei, 1, "the first day's");
        assertEq(maturingWei, 90, "the others wait");
        vm.prank(operator);
        payment.withdrawMatured(operator);
        vm.warp(day + 3 days);
        vm.prank(operator);
        assertEq(payment.withdrawMatured(operator), 20, "the second day's");
        vm.warp(day + 4 days);
        vm.prank(operator);
        assertEq(payment.withdrawMatured(operator), 70, "the third day's");
    }

    /* FREEZING */

    function test_RevertWhen_FrozenByAnybodyElse() public {
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.NotSetChallenges.selector, owner));
        vm.prank(owner);
        payment.freezeMaturing(operator);
    }

    function test_FreezesWhatHasNotMaturedAndNothingElse() public {
        uint256 day = (vm.getBlockTimestamp() / 1 days + 1) * 1 days;
        vm.warp(day);
        settle(clientDebit(account, 10), credit(worker, 4));
        vm.warp(day + 1 days);
        settle(clientDebit(account, 30), credit(worker, 5));
        vm.warp(day + 2 days);
        settle(clientDebit(account, 60), credit(worker, 6));
        expectEvent(address(payment));
        emit ISessionPayment.MaturingFrozen(operator, 48);
        vm.prank(address(challenges));
        assertEq(payment.freezeMaturing(operator), 48, "two days'");
        assertEq(cor.balanceOf(address(challenges)), 48, "sent");
        vm.warp(day + 9 days);
        vm.prank(operator);
        assertEq(payment.withdrawMatured(operator), 6, "what had matured is the operator's");
        assertEq(withdrawAs(worker, worker, operator, worker), 6, "and the payee's is the payee's");
        vm.prank(address(challenges));
        assertEq(payment.freezeMaturing(operator), 0, "nothing twice");
    }
}
