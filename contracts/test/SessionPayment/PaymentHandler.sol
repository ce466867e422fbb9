// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Cor } from "../../src/l1/Cor.sol";
import { SessionPayment } from "../../src/l2/SessionPayment.sol";
import { Sessions } from "../../src/l2/Sessions.sol";
import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { ISessions } from "../../src/interfaces/ISessions.sol";
import { Credits } from "../../src/libraries/Credits.sol";
import { Debits } from "../../src/libraries/Debits.sol";
import { Assertions } from "../support/Assertions.sol";

/// Several clients and operators who deposit, allot, settle, withdraw, leave, wait and donate, each call within the rules.
contract PaymentHandler is Assertions {
    uint32 public constant ACCOUNTS = 3;
    uint256 public constant LANES = 3;
    uint256 public constant PAYEES = 3;
    uint256 internal constant CLIENT_KEY_BASE = 0xC000;
    uint256 internal constant STEP_WEI_MAX = 1e24;

    Cor public immutable cor;
    Sessions public immutable sessions;
    SessionPayment public immutable payment;

    uint256 public depositedWei;
    uint256 public refundedWei;
    uint256 public debitedWei;
    uint256 public raisedWei;
    uint256 public withdrawnWei;
    uint256 public frozenWei;
    uint256 public donatedWei;
    uint256 public givenBackWei;
    uint64 internal _givings;
    mapping(uint32 account => mapping(address lane => uint256)) public highestWei;
    mapping(address lane => mapping(address payee => uint256)) public creditedWei;

    /// What a lane's operator earned, oldest first, and how much of it is a day, and two days, old.
    struct Earning {
        uint256 amountWei;
        uint256 at;
    }

    struct Aged {
        uint256 next;
        uint256 amountWei;
    }

    mapping(address lane => Earning[]) internal _earnings;
    mapping(address lane => Aged) internal _day;
    mapping(address lane => Aged) internal _twoDays;
    mapping(address lane => uint256) public takenWei;
    mapping(address lane => uint256) public frozenOfWei;

    constructor(Cor cor_, Sessions sessions_, SessionPayment payment_) {
        (cor, sessions, payment) = (cor_, sessions_, payment_);
        ISessions.SessionParams memory params;
        params.name = "session";
        params.minNumOfNodes = params.maxNumOfNodes = 1;
        params.redundant = 1;
        for (uint32 account = 1; account <= ACCOUNTS; ++account) {
            vm.prank(clientOf(account));
            sessions.create(params);
        }
        cor.approve(address(payment), type(uint256).max);
    }

    function clientOf(uint32 account) public pure returns (address) {
        return vm.addr(CLIENT_KEY_BASE + account);
    }

    function laneAt(uint256 index) public pure returns (address) {
        return address(uint160(0x1A4E0 + index));
    }

    function payeeAt(uint256 index) public pure returns (address) {
        return address(uint160(0xFA4EE0 + index));
    }

    function someAccount(uint256 seed) internal pure returns (uint32) {
        return uint32(bound(seed, 1, ACCOUNTS));
    }

    function isOpen(uint32 account) internal view returns (bool) {
        return payment.accountOf(account).closeAt == 0;
    }

    /* ACTIONS */

    function deposit(uint256 accountSeed, uint256 amountWei) external {
        uint32 account = someAccount(accountSeed);
        if (!isOpen(account)) return;
        amountWei = bound(amountWei, 1, STEP_WEI_MAX);
        payment.deposit(account, amountWei);
        depositedWei += amountWei;
    }

    function withdrawUnallotted(uint256 accountSeed, uint256 amountWei) external {
        uint32 account = someAccount(accountSeed);
        ISessionPayment.Account memory held = payment.accountOf(account);
        uint256 freeWei = held.depositWei - held.allottedWei;
        if (freeWei == 0) return;
        amountWei = bound(amountWei, 1, freeWei);
        vm.prank(clientOf(account));
        payment.withdrawUnallotted(account, amountWei);
        refundedWei += amountWei;
    }

    function setAllotment(uint256 accountSeed, uint256 laneSeed, uint256 amountWei) external {
        uint32 account = someAccount(accountSeed);
        address lane = laneAt(bound(laneSeed, 0, LANES - 1));
        ISessionPayment.Account memory held = payment.accountOf(account);
        uint256 mostWei = held.depositWei - held.allottedWei + payment.laneOf(account, lane).allotmentWei;
        uint96 allotmentWei = uint96(bound(amountWei, 0, mostWei));
        if (!isOpen(account) && allotmentWei >= payment.laneOf(account, lane).allotmentWei) return;
        vm.prank(clientOf(account));
        payment.setAllotment(account, lane, allotmentWei);
    }

    function applyAllotment(uint256 accountSeed, uint256 laneSeed) external {
        uint32 account = someAccount(accountSeed);
        address lane = laneAt(bound(laneSeed, 0, LANES - 1));
        uint64 at = payment.loweringOf(account, lane).at;
        if (at == 0 || at > vm.getBlockTimestamp()) return;
        payment.applyAllotment(account, lane);
    }

    function settle(uint256 accountSeed, uint256 laneSeed, uint256 stepWei, uint256 creditWei, uint256 payeeSeed)
        external
    {
        uint32 account = someAccount(accountSeed);
        address lane = laneAt(bound(laneSeed, 0, LANES - 1));
        address payee = payeeAt(bound(payeeSeed, 0, PAYEES - 1));
        ISessionPayment.Lane memory line = payment.laneOf(account, lane);
        if (line.cumulativeWei == line.allotmentWei) return;
        stepWei = bound(stepWei, 1, line.allotmentWei - line.cumulativeWei);
        uint96 paidWei = uint96(bound(creditWei, 0, stepWei));
        _settle(account, lane, stepWei, payee, payment.creditOf(lane, payee).creditedWei + paidWei, paidWei);
    }

    /// Names a counter that isn't higher: all of the debit is the operator's.
    function settleAgain(uint256 accountSeed, uint256 laneSeed, uint256 payeeSeed, uint256 lessWei) external {
        uint32 account = someAccount(accountSeed);
        address lane = laneAt(bound(laneSeed, 0, LANES - 1));
        address payee = payeeAt(bound(payeeSeed, 0, PAYEES - 1));
        uint96 heldWei = payment.creditOf(lane, payee).creditedWei;
        _settle(account, lane, 1, payee, heldWei - uint96(bound(lessWei, 0, heldWei)), 0);
    }

    function raiseCredit(uint256 laneSeed, uint256 payeeSeed, uint256 amountWei) external {
        address lane = laneAt(bound(laneSeed, 0, LANES - 1));
        address payee = payeeAt(bound(payeeSeed, 0, PAYEES - 1));
        uint96 stepWei = uint96(bound(amountWei, 1, STEP_WEI_MAX));
        raisedWei += payment.raiseCredit(lane, payee, payment.creditOf(lane, payee).creditedWei + stepWei);
        creditedWei[lane][payee] += stepWei;
    }

    function creditSession(uint256 accountSeed, uint256 laneSeed, uint256 amountWei) external {
        uint32 account = someAccount(accountSeed);
        address lane = laneAt(bound(laneSeed, 0, LANES - 1));
        if (!payment.laneOf(account, lane).known) return;
        uint96 stepWei = uint96(bound(amountWei, 1, STEP_WEI_MAX));
        cor.transfer(lane, stepWei);
        vm.prank(lane);
        cor.approve(address(payment), stepWei);
        vm.prank(lane);
        payment.creditSession(lane, account, stepWei, 0, bytes32(uint256(++_givings)));
        givenBackWei += stepWei;
    }

    function withdraw(uint256 laneSeed, uint256 payeeSeed) external {
        address[] memory lanes = new address[](1);
        lanes[0] = laneAt(bound(laneSeed, 0, LANES - 1));
        address payee = payeeAt(bound(payeeSeed, 0, PAYEES - 1));
        Credits.Credit memory held = payment.creditOf(lanes[0], payee);
        if (held.creditedWei == held.withdrawnWei) return;
        vm.prank(payee);
        withdrawnWei += payment.withdraw(payee, lanes, payee);
    }

    function withdrawMatured(uint256 laneSeed) external {
        address lane = laneAt(bound(laneSeed, 0, LANES - 1));
        (uint256 maturedWei,) = payment.earningsOf(lane);
        if (maturedWei == 0) return;
        vm.prank(lane);
        uint256 amountWei = payment.withdrawMatured(lane);
        withdrawnWei += amountWei;
        takenWei[lane] += amountWei;
    }

    function freezeMaturing(uint256 laneSeed, uint256 chance) external {
        address lane = laneAt(bound(laneSeed, 0, LANES - 1));
        // Rare, so that most earnings live to mature.
        if (chance % 8 != 0) return;
        vm.prank(payment.setChallenges());
        uint256 amountWei = payment.freezeMaturing(lane);
        frozenWei += amountWei;
        frozenOfWei[lane] += amountWei;
    }

    function requestClose(uint256 accountSeed, uint256 chance) external {
        uint32 account = someAccount(accountSeed);
        // Rare, so that most runs have something left to do.
        if (chance % 8 != 0 || !isOpen(account)) return;
        vm.prank(clientOf(account));
        payment.requestClose(account);
    }

    function finaliseClose(uint256 accountSeed) external {
        uint32 account = someAccount(accountSeed);
        ISessionPayment.Account memory held = payment.accountOf(account);
        if (held.closeAt == 0 || held.closed || held.closeAt > vm.getBlockTimestamp()) return;
        refundedWei += payment.finaliseClose(account);
    }

    function donate(uint256 amountWei) external {
        amountWei = bound(amountWei, 0, 1e18);
        cor.transfer(address(payment), amountWei);
        donatedWei += amountWei;
    }

    function wait_(uint256 seconds_) external {
        vm.warp(vm.getBlockTimestamp() + bound(seconds_, 1, 30 hours));
        for (uint256 i = 0; i < LANES; ++i) {
            _age(_day[laneAt(i)], laneAt(i), 1 days);
            _age(_twoDays[laneAt(i)], laneAt(i), 2 days);
        }
    }

    /* WHAT HAPPENED */

    /// What the operator earned at least a day ago.
    function dayOldWei(address lane) external view returns (uint256) {
        return _day[lane].amountWei;
    }

    /// What the operator earned at least two days ago.
    function twoDaysOldWei(address lane) external view returns (uint256) {
        return _twoDays[lane].amountWei;
    }

    function _age(Aged storage aged, address lane, uint256 seconds_) internal {
        Earning[] storage earnings = _earnings[lane];
        while (aged.next < earnings.length && earnings[aged.next].at + seconds_ <= vm.getBlockTimestamp()) {
            aged.amountWei += earnings[aged.next].amountWei;
            aged.next += 1;
        }
    }

    /* PARTS */

    function _settle(uint32 account, address lane, uint256 stepWei, address payee, uint96 toWei, uint256 paidWei)
        internal
    {
        ISessionPayment.Lane memory line = payment.laneOf(account, lane);
        if (line.cumulativeWei + stepWei > line.allotmentWei) return;
        Debits.Debit memory debit = Debits.Debit({
            account: account,
            cumulativeWei: uint96(line.cumulativeWei + stepWei),
            receiptsRoot: bytes32(stepWei),
            count: line.count + 1,
            epoch: 0
        });
        vm.prank(lane);
        payment.settle(lane, packDebit(debit, lane), abi.encodePacked(payee, toWei), bytes32(0), bytes32(0), "");
        debitedWei += stepWei;
        creditedWei[lane][payee] += paidWei;
        highestWei[account][lane] = debit.cumulativeWei;
        _earnings[lane].push(Earning({ amountWei: stepWei - paidWei, at: vm.getBlockTimestamp() }));
    }

    function packDebit(Debits.Debit memory debit, address lane) internal view returns (bytes memory) {
        bytes32 domainType =
            keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        bytes32 separator = keccak256(
            abi.encode(domainType, keccak256("Cortensor"), keccak256("1"), block.chainid, address(payment))
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", separator, Debits.hashDebit(debit, lane)));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(CLIENT_KEY_BASE + debit.account, digest);
        return
            abi.encodePacked(debit.account, debit.cumulativeWei, debit.receiptsRoot, debit.count, debit.epoch, r, s, v);
    }
}
