// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { SessionPayment } from "../../src/l2/SessionPayment.sol";
import { Network } from "../support/Network.sol";

/// Keeps one wei of each transfer.
contract FeeToken is ERC20 {
    constructor() ERC20("Fee", "FEE") {
        _mint(msg.sender, 1_000);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from != address(0) && to != address(0)) super._update(to, address(0), 1);
    }
}

contract DepositTest is Network {
    function test_RevertWhen_AmountIsZero() public {
        uint32 account = openSession(client);
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.AmountZero.selector));
        payment.deposit(account, 0);
    }

    function test_RevertWhen_AccountIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.AccountUnknown.selector, 9));
        payment.deposit(9, 1);
    }

    function test_RevertWhen_AccountIsClosing() public {
        uint32 account = fundedSession(10);
        vm.prank(client);
        uint256 closeAt = payment.requestClose(account);
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.AccountClosing.selector, account, closeAt));
        payment.deposit(account, 1);
    }

    function test_RevertWhen_TokenKeepsAFee() public {
        FeeToken token = new FeeToken();
        SessionPayment other = new SessionPayment(partsWith(token));
        uint32 account = openSession(client);
        token.approve(address(other), 100);
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.ReceivedOther.selector, 99, 100));
        other.deposit(account, 100);
    }

    function testFuzz_TakesTheCoins(uint96 firstWei, uint96 secondWei) public {
        firstWei = uint96(bound(firstWei, 1, 4e26));
        secondWei = uint96(bound(secondWei, 1, 4e26));
        uint32 account = openSession(client);
        deposit(account, firstWei);
        cor.approve(address(payment), secondWei);
        expectEvent(address(payment));
        emit ISessionPayment.Deposited(account, address(this), secondWei, uint256(firstWei) + secondWei);
        payment.deposit(account, secondWei);
        assertEq(payment.accountOf(account).depositWei, uint256(firstWei) + secondWei, "deposit");
        assertEq(cor.balanceOf(address(payment)), uint256(firstWei) + secondWei, "coins");
    }

    function permitOf(uint256 amountWei) internal view returns (uint8 v, bytes32 r, bytes32 s) {
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 structHash =
            keccak256(abi.encode(typeHash, client, address(payment), amountWei, cor.nonces(client), block.timestamp));
        return vm.sign(CLIENT_KEY, typedDigest(address(cor), block.chainid, structHash));
    }

    function test_DepositsWithAPermitAlsoWhenItWasUsedAlready() public {
        uint32 account = openSession(client);
        cor.transfer(client, 100);
        (uint8 v, bytes32 r, bytes32 s) = permitOf(30);
        vm.prank(client);
        payment.depositWithPermit(account, 30, block.timestamp, v, r, s);
        (v, r, s) = permitOf(40);
        vm.prank(stranger);
        cor.permit(client, address(payment), 40, block.timestamp, v, r, s);
        vm.prank(client);
        payment.depositWithPermit(account, 40, block.timestamp, v, r, s);
        assertEq(payment.accountOf(account).depositWei, 70, "deposit");
    }

    function test_RevertWhen_WithdrawingAsAStranger() public {
        uint32 account = fundedSession(10);
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.NotSessionOwner.selector, stranger, client));
        vm.prank(stranger);
        payment.withdrawUnallotted(account, 1);
    }

    function testFuzz_PaysBackOnlyWhatNoLaneMaySpend(uint96 allottedWei) public {
        allottedWei = uint96(bound(allottedWei, 0, 99));
        uint32 account = openSession(client);
        deposit(account, 100);
        allot(account, operator, allottedWei);
        uint256 freeWei = 100 - allottedWei;
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.DepositBelow.selector, freeWei, freeWei + 1));
        vm.prank(client);
        payment.withdrawUnallotted(account, freeWei + 1);

        expectEvent(address(payment));
        emit ISessionPayment.Refunded(account, client, freeWei);
        vm.prank(client);
        payment.withdrawUnallotted(account, freeWei);
        assertEq(cor.balanceOf(client), freeWei, "paid back");
        assertEq(payment.accountOf(account).depositWei, allottedWei, "deposit");
    }
}
