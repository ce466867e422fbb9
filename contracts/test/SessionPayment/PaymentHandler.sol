// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Cor } from "../../src/l1/Cor.sol";
import { SessionPayment } from "../../src/l2/SessionPayment.sol";
import { Sessions } from "../../src/l2/Sessions.sol";
import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { ISessions } from "../../src/interfaces/ISessions.sol";
import { Debits } from "../../src/libraries/Debits.sol";
import { Assertions } from "../support/Assertions.sol";

/// Several clients and operators who deposit, allot, settle, withdraw, leave, wait and donate, each call within the rules.
contract PaymentHandler is Assertions {
    uint32 public constant ACCOUNTS = 3;
    uint256 public constant LANES = 3;
    uint256 internal constant CLIENT_KEY_BASE = 0xC000;
    uint256 internal constant STEP_WEI_MAX = 1e24;

    Cor public immutable cor;
    Sessions public immutable sessions;
    SessionPayment public immutable payment;

    uint256 public depositedWei;
    uint256 public refundedWei;
    uint256 public debitedWei;
    uint256 public withdrawnWei;
    uint256 public donatedWei;
    mapping(uint32 account => mapping(address lane => uint256)) public highestWei;

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
        ISessionPayment.Lane memory line = payment.laneOf(account, lane);
        if (line.cumulativeWei == line.allotmentWei) return;
        stepWei = bound(stepWei, 1, line.allotmentWei - line.cumulativeWei);
        uint96 paidWei = uint96(bound(creditWei, 0, stepWei));
        Debits.Debit memory debit = Debits.Debit({
            account: account,
            cumulativeWei: uint96(line.cumulativeWei + stepWei),
            receiptsRoot: bytes32(stepWei),
            count: line.count + 1,
            epoch: 0
        });
        bytes memory credits = abi.encodePacked(payeeAt(bound(payeeSeed, 0, 2)), paidWei);
        vm.prank(lane);
        payment.settle(lane, packDebit(debit, lane), credits, bytes32(stepWei), bytes32(0), "");
        debitedWei += stepWei;
        highestWei[account][lane] = debit.cumulativeWei;
    }

    function withdraw(uint256 payeeSeed, uint256 amountWei) external {
        uint256 index = bound(payeeSeed, 0, 5);
        address payee = index < 3 ? payeeAt(index) : laneAt(index - 3);
        uint256 creditWei = payment.creditOf(payee);
        if (creditWei == 0) return;
        amountWei = bound(amountWei, 1, creditWei);
        vm.prank(payee);
        payment.withdraw(amountWei, payee);
        withdrawnWei += amountWei;
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
