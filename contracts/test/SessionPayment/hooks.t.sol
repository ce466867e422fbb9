// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { SessionPayment } from "../../src/l2/SessionPayment.sol";
import { Hooks } from "../../src/libraries/Hooks.sol";
import { Network } from "../support/Network.sol";
import { StrictHooks } from "./StrictHooks.sol";

contract HooksTest is Network {
    StrictHooks internal strict = new StrictHooks();
    uint32 internal account;

    function setUp() public override {
        super.setUp();
        SessionPayment.Parts memory parts = partsWith(cor);
        parts.complianceHook = strict;
        parts.pauseHook = strict;
        payment = new SessionPayment(parts);
        account = fundedSession(100);
        cor.approve(address(payment), 100);
    }

    function test_RevertWhen_NewMoneyComesWhilePaused() public {
        strict.pause(address(payment));
        vm.expectRevert(abi.encodeWithSelector(Hooks.Paused.selector, address(payment)));
        payment.deposit(account, 1);
        vm.expectRevert(abi.encodeWithSelector(Hooks.Paused.selector, address(payment)));
        vm.prank(client);
        payment.setAllotment(account, stranger, 0);
        strict.pause(address(bond));
        payment.deposit(account, 1);
    }

    function test_RevertWhen_TheDepositorOrTheOwnerIsRefused() public {
        strict.refuse(address(this));
        vm.expectRevert(abi.encodeWithSelector(Hooks.Denied.selector, address(this)));
        payment.deposit(account, 1);
        strict.refuse(client);
        vm.expectRevert(abi.encodeWithSelector(Hooks.Denied.selector, client));
        payment.deposit(account, 1);
        vm.expectRevert(abi.encodeWithSelector(Hooks.Denied.selector, client));
        vm.prank(client);
        payment.setAllotment(account, stranger, 0);
        strict.refuse(stranger);
        payment.deposit(account, 1);
    }

    /// Each way out, with everybody in it refused and the contract paused.
    function test_LetsAllLeaveThatIsOwed() public {
        payment.deposit(account, 10);
        strict.pause(address(payment));
        strict.refuse(miner);
        settle(clientDebit(account, 40), credit(miner, 30));
        address[] memory lanes = new address[](1);
        lanes[0] = operator;
        vm.prank(miner);
        payment.withdraw(miner, lanes, miner);
        assertEq(cor.balanceOf(miner), 30, "the payee");

        strict.refuse(client);
        vm.prank(client);
        payment.withdrawUnallotted(account, 10);
        allot(account, operator, 50);
        vm.prank(client);
        uint256 closeAt = payment.requestClose(account);
        vm.warp(closeAt);
        payment.applyAllotment(account, operator);
        payment.finaliseClose(account);
        assertEq(cor.balanceOf(client), 70, "the client");

        strict.refuse(operator);
        vm.warp(closeAt + 48 hours);
        vm.prank(operator);
        payment.withdrawMatured(operator);
        assertEq(cor.balanceOf(operator), 10, "the operator");
    }
}
