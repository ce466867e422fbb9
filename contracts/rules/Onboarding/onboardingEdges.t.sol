// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Address } from "@openzeppelin/contracts/utils/Address.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { ICorVault } from "../../src/interfaces/ICorVault.sol";
import { IOnboarding } from "../../src/interfaces/IOnboarding.sol";
import { IOnboardingTill } from "../../src/interfaces/IOnboardingTill.sol";
import { Orders } from "../../src/libraries/Orders.sol";
import { SpendingKeys } from "../../src/libraries/SpendingKeys.sol";
import { Onboarding } from "../../src/onboarding/Onboarding.sol";
import { OnboardingTill } from "../../src/onboarding/OnboardingTill.sol";
import { CallingToken } from "../../test/support/HostileTokens.sol";
import { OnboardingLayers } from "./OnboardingLayers.sol";

/// COR that calls in the middle of what is taken by a signature.
contract CallingTakings {
    address internal _target;
    bytes internal _data;

    function callInTakings(address target, bytes calldata data) external {
        (_target, _data) = (target, data);
    }

    function takeSigned(address, uint256, bytes32, uint64, string calldata, bytes32, bytes calldata) external {
        Address.functionCall(_target, _data);
    }
}

contract OnboardingEdgesTest is OnboardingLayers {
    function setUp() public {
        makeAll();
    }

    /* TOLD */

    function test_WhatIsTakenOpenedAndPaidOutIsTold() public {
        fundBase(10 ether);
        Orders.Order memory order = orderFromBase(10 ether);
        bytes memory signature = signed(order);
        bytes32 digest = onboarding.digestOf(order);
        address purse = onboarding.purseOf(digest);
        chains.chainId(BASE);
        uint256 snapshot = vm.snapshotState();
        vm.prank(sponsor);
        bytes32 id = baseTill.take(order, signature, 1 ether);
        vm.revertToState(snapshot);
        chains.chainId(BASE);
        vm.expectEmit(true, true, true, true, address(baseTill));
        emit IOnboardingTill.OrderTaken(digest, owner, purse, 9 ether, 1 ether, id);
        vm.prank(sponsor);
        // The whole of what the owner bound it to, and just what must be left.
        baseTill.take(order, signature, 1 ether);
        carryFromBase(0);
        vm.expectEmit(true, true, true, true, address(onboarding));
        emit IOnboarding.OrderOpened(digest, owner, 1, 9 ether);
        onboarding.open(order, signature);
        fundL2(purse, 1 ether);
        onL2();
        vm.expectEmit(true, true, true, true, address(onboarding));
        emit IOnboarding.OrderPaidOut(digest, owner, 1 ether);
        onboarding.release(order);
    }

    /// One that can't be opened is done all the same.
    function test_WhatADeniedOwnerOrderedIsPaidOutOnce() public {
        Orders.Order memory order = orderFromBase(1 ether);
        bytes memory signature = signed(order);
        bytes32 digest = onboarding.digestOf(order);
        fundL2(onboarding.purseOf(digest), 1 ether);
        denied.deny(owner, true);
        onL2();
        vm.expectEmit(true, true, true, true, address(onboarding));
        emit IOnboarding.OrderPaidOut(digest, owner, 1 ether);
        assertEq(onboarding.open(order, signature), 0, "no session");
        assertEq(bridged.balanceOf(owner), 1 ether, "hers");
        vm.expectRevert(abi.encodeWithSelector(IOnboarding.OrderDone.selector, digest, IOnboarding.State.PaidOut));
        onboarding.open(order, signature);
    }

    function test_AnOrderWithoutRouterAndKeyOpensForItsOwnerAlone() public {
        fundL2(owner, 1 ether);
        Orders.Order memory order = orderHere(1 ether);
        (order.terms.router, order.terms.key) = (address(0), address(0));
        bytes memory signature = signed(order);
        uint32 account = onboarding.onboard(order, signature, 0);
        assertEq(payment.accountOf(account).allottedWei, 0, "nothing is allotted");
        assertEq(payment.accountOf(account).depositWei, 1 ether, "all is there");
        SpendingKeys.SpendingKey memory held = payment.spendingKeyOf(account, address(0));
        assertEq(uint256(held.state), 0, "no key");
    }

    function test_AFeeOfOneWeiIsPaidHereAndFromTheChainBeside() public {
        fundL2(owner, 2 ether);
        Orders.Order memory order = orderHere(2 ether);
        bytes memory signature = signed(order);
        vm.prank(sponsor);
        onboarding.onboard(order, signature, 1);
        assertEq(bridged.balanceOf(sponsor), 1, "here");
        bytes32 digest = onboarding.digestOf(order);
        assertEq(uint256(onboarding.stateOf(digest)), uint256(IOnboarding.State.Opened), "opened");
        fundBase(2 ether);
        order = orderFromBase(2 ether);
        signature = signed(order);
        vm.prank(sponsor);
        baseTill.take(order, signature, 1);
        assertEq(baseCor.balanceOf(sponsor), 1, "there");
    }

    /* REFUSED */

    function test_RevertWhen_OnePartOfAnOrderNamesAnotherPlace() public {
        fundL2(owner, 1 ether);
        fundBase(1 ether);
        for (uint256 field = 0; field < 5; ++field) {
            onL2();
            Orders.Order memory order = elsewhere(orderHere(1 ether), field);
            bytes32 digest = onboarding.digestOf(order);
            bytes memory signature = signed(order);
            vm.expectRevert(abi.encodeWithSelector(IOnboarding.OrderForeign.selector, digest));
            onboarding.onboard(order, signature, 0);
            if (field > 2) {
                vm.expectRevert(abi.encodeWithSelector(IOnboarding.OrderForeign.selector, digest));
                onboarding.open(order, signature);
            }
            chains.chainId(BASE);
            order = elsewhere(orderFromBase(1 ether), field);
            digest = onboarding.digestOf(order);
            signature = signed(order);
            vm.expectRevert(abi.encodeWithSelector(IOnboardingTill.OrderForeign.selector, digest));
            baseTill.take(order, signature, 0);
        }
    }

    function elsewhere(Orders.Order memory order, uint256 field) internal view returns (Orders.Order memory) {
        if (field == 0) order.source.chainId += 1;
        if (field == 1) order.source.cor = stranger;
        if (field == 2) order.transfer.taker = stranger;
        if (field == 3) order.terms.toChainId += 1;
        if (field == 4) order.terms.onboarding = stranger;
        return order;
    }

    function test_RevertWhen_AFeeHereIsBeyondItsBoundOrAnothers() public {
        fundL2(owner, 2 ether);
        Orders.Order memory order = orderHere(2 ether);
        bytes memory signature = signed(order);
        vm.prank(sponsor);
        vm.expectRevert(abi.encodeWithSelector(IOnboarding.FeeAbove.selector, 1 ether + 1, 1 ether));
        onboarding.onboard(order, signature, 1 ether + 1);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IOnboarding.NotSponsor.selector, stranger, sponsor));
        onboarding.onboard(order, signature, 1);
        vm.prank(stranger);
        assertEq(onboarding.onboard(order, signature, 0), 1, "for nothing by anyone");
    }

    function test_RevertWhen_NothingCameThoughAFeeMayTakeAll() public {
        Orders.Order memory order = orderFromBase(1 ether);
        bytes memory signature = signed(order);
        onL2();
        vm.expectRevert(abi.encodeWithSelector(IOnboarding.PurseShort.selector, 0, 0));
        onboarding.open(order, signature);
        assertEq(onboarding.OPEN_GAS(), 1_800_000, "what a session is opened with");
    }

    /// A token that calls in the middle of a transfer: nothing can be entered then.
    function test_RevertWhen_ItIsEnteredAgain() public {
        onL2();
        CallingToken token = new CallingToken();
        Onboarding other = new Onboarding(Onboarding.Parts(token, sessions, payment, denied));
        Orders.Order memory order = orderHere(1 ether);
        bytes[3] memory calls = [
            abi.encodeCall(other.onboard, (order, "", 0)),
            abi.encodeCall(other.open, (order, "")),
            abi.encodeCall(other.release, (order))
        ];
        bytes memory entered = abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        for (uint256 i = 0; i < calls.length; ++i) {
            token.callInTransfers(address(other), calls[i]);
            vm.prank(owner);
            vm.expectRevert(entered);
            other.release(order);
        }
        CallingTakings takings = new CallingTakings();
        OnboardingTill till = new OnboardingTill(
            OnboardingTill.Parts(address(takings), ICorVault(address(0)), L2, address(onboarding), denied, switches)
        );
        order.source.cor = address(takings);
        order.transfer.taker = address(till);
        bytes memory call = abi.encodeCall(till.take, (order, "", 0));
        takings.callInTakings(address(till), call);
        vm.expectRevert(entered);
        till.take(order, "", 0);
    }
}
