// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IOnboarding } from "../../src/interfaces/IOnboarding.sol";
import { IOnboardingTill } from "../../src/interfaces/IOnboardingTill.sol";
import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { ISessions } from "../../src/interfaces/ISessions.sol";
import { ISignedTransfers } from "../../src/interfaces/ISignedTransfers.sol";
import { Hooks } from "../../src/libraries/Hooks.sol";
import { Orders } from "../../src/libraries/Orders.sol";
import { SpendingKeys } from "../../src/libraries/SpendingKeys.sol";
import { Purse } from "../../src/onboarding/Purse.sol";
import { OnboardingLayers } from "./OnboardingLayers.sol";

contract OnboardingTest is OnboardingLayers {
    function setUp() public {
        makeAll();
    }

    function assertOpened(uint32 account, uint96 amountWei) internal view {
        assertEq(account, 1, "the session");
        assertEq(sessions.ownerOf(account), owner, "its owner's at once");
        assertEq(keccak256(bytes(sessions.sessionOf(account).params.name)), keccak256("onboarded"), "as it was signed");
        assertEq(payment.accountOf(account).depositWei, amountWei, "all that came");
        assertEq(payment.laneOf(account, router).allotmentWei, amountWei, "which the router may be paid of");
        SpendingKeys.SpendingKey memory held = payment.spendingKeyOf(account, key);
        assertEq(uint256(held.state), uint256(SpendingKeys.State.Active), "the key signs");
        assertEq(held.capPerEpochWei, 2 ether, "within its cap of an epoch");
        assertEq(held.totalCapWei, 4 ether, "and in all");
        assertEq(bridged.balanceOf(address(payment)), amountWei, "backed");
    }

    /* ACCEPTED */

    function test_OneSignatureOpensASessionFromTheChainBeside() public {
        fundBase(10 ether);
        Orders.Order memory order = orderFromBase(10 ether);
        bytes memory signature = signed(order);
        vm.prank(sponsor);
        baseTill.take(order, signature, 0.5 ether);
        assertEq(baseCor.balanceOf(sponsor), 0.5 ether, "what carrying it costs");
        assertEq(baseCor.totalSupply(), 0.5 ether, "the rest left the chain");
        carryFromBase(0);
        vm.prank(stranger);
        assertOpened(onboarding.open(order, signature), 9.5 ether);
        bytes32 digest = onboarding.digestOf(order);
        assertEq(onboarding.accountOf(digest), 1, "and is found by the order");
        assertEq(bridged.balanceOf(onboarding.purseOf(digest)), 0, "nothing lies about");
    }

    function test_OneSignatureOpensASessionFromTheL1() public {
        cor.transfer(owner, 10 ether);
        Orders.Order memory order = orderFromL1(10 ether);
        bytes memory signature = signed(order);
        onL1();
        vm.prank(stranger);
        l1Till.take(order, signature, 0);
        carryDown(0);
        assertOpened(onboarding.open(order, signature), 10 ether);
    }

    function test_OneSignatureOpensASessionOnTheServingChainAtOnce() public {
        fundL2(owner, 10 ether);
        Orders.Order memory order = orderHere(10 ether);
        bytes memory signature = signed(order);
        vm.prank(sponsor);
        assertOpened(onboarding.onboard(order, signature, 1 ether), 9 ether);
        assertEq(bridged.balanceOf(sponsor), 1 ether, "what carrying it costs");
    }

    function test_EveryChainComputesTheSamePurse() public view {
        bytes32 digest = keccak256("an order");
        assertEq(baseTill.purseOf(digest), onboarding.purseOf(digest), "beside");
        assertEq(l1Till.purseOf(digest), onboarding.purseOf(digest), "above");
    }

    /* REPLAY */

    /// All three places that take orders, each given an order that was signed for another.
    function test_RevertWhen_AnOrderOfOneChainComesToAnother() public {
        Orders.Order[3] memory orders = [orderFromL1(1 ether), orderFromBase(1 ether), orderHere(1 ether)];
        cor.transfer(owner, 3 ether);
        fundBase(3 ether);
        fundL2(owner, 3 ether);
        for (uint256 signedFor = 0; signedFor < 3; ++signedFor) {
            for (uint256 place = 0; place < 3; ++place) {
                if (place == signedFor) continue;
                refusesAt(place, orders[signedFor], signed(orders[signedFor]), IOnboarding.OrderForeign.selector);
                // Named as one of this chain it isn't what was signed.
                bytes memory signature = signed(orders[signedFor]);
                refusesAt(place, orders[place], signature, ISignedTransfers.TransferForeign.selector);
            }
        }
        assertEq(cor.balanceOf(owner) + baseCor.balanceOf(owner) + bridged.balanceOf(owner), 9 ether, "nothing moved");
    }

    function test_RevertWhen_AnOrderComesTwice() public {
        cor.transfer(owner, 3 ether);
        fundBase(3 ether);
        fundL2(owner, 3 ether);
        Orders.Order[3] memory orders = [orderFromL1(1 ether), orderFromBase(1 ether), orderHere(1 ether)];
        for (uint256 place = 0; place < 3; ++place) {
            takeAt(place, orders[place], signed(orders[place]));
        }
        refusesAt(0, orders[0], signed(orders[0]), ISignedTransfers.TransferNonceUsed.selector);
        refusesAt(1, orders[1], signed(orders[1]), ISignedTransfers.TransferNonceUsed.selector);
        refusesAt(2, orders[2], signed(orders[2]), IOnboarding.OrderDone.selector);
        carryFromBase(0);
        bytes memory signature = signed(orders[1]);
        bytes32 digest = onboarding.digestOf(orders[1]);
        onboarding.open(orders[1], signature);
        vm.expectRevert(abi.encodeWithSelector(IOnboarding.OrderDone.selector, digest, IOnboarding.State.Opened));
        onboarding.open(orders[1], signature);
    }

    function test_RevertWhen_AnOrderOfTheServingChainIsOpenedAsOneOfAnother() public {
        Orders.Order memory order = orderHere(1 ether);
        order.source.chainId = BASE;
        bytes memory signature = signed(orderHere(1 ether));
        fundL2(onboarding.purseOf(onboarding.digestOf(order)), 1 ether);
        (bool done, bytes memory reason) = address(onboarding).call(abi.encodeCall(onboarding.open, (order, signature)));
        assertTrue(!done && bytes4(reason) == IOnboarding.OrderUnsigned.selector, "another word");
    }

    function takeAt(uint256 place, Orders.Order memory order, bytes memory signature) internal {
        (bool done,) = callAt(place, order, signature);
        assertTrue(done, "taken");
    }

    function refusesAt(uint256 place, Orders.Order memory order, bytes memory signature, bytes4 refusal) internal {
        (bool done, bytes memory reason) = callAt(place, order, signature);
        assertTrue(!done, "refused");
        assertEq(bytes32(bytes4(reason)), bytes32(refusal), string.concat("by its name at ", vm.toString(place)));
    }

    function callAt(uint256 place, Orders.Order memory order, bytes memory signature)
        internal
        returns (bool, bytes memory)
    {
        chains.chainId(place == 0 ? L1 : place == 1 ? BASE : L2);
        if (place == 2) return address(onboarding).call(abi.encodeCall(onboarding.onboard, (order, signature, 0)));
        address till = place == 0 ? address(l1Till) : address(baseTill);
        return till.call(abi.encodeCall(baseTill.take, (order, signature, 0)));
    }

    /* REFUSED */

    function test_RevertWhen_ItIsLate() public {
        fundBase(1 ether);
        Orders.Order memory order = orderFromBase(1 ether);
        bytes memory signature = signed(order);
        vm.warp(order.transfer.deadline + 1);
        refusesAt(1, order, signature, ISignedTransfers.TransferExpired.selector);
        vm.warp(order.transfer.deadline);
        takeAt(1, order, signature);
    }

    function test_RevertWhen_AnyFieldIsAltered() public {
        fundBase(10 ether);
        bytes memory signature = signed(orderFromBase(1 ether));
        bytes4 foreign = ISignedTransfers.TransferForeign.selector;
        for (uint256 field = 0; field < 28; ++field) {
            Orders.Order memory order = altered(field);
            refusesAt(1, order, signature, field < 4 ? IOnboardingTill.OrderForeign.selector : foreign);
            // Nor are coins in such an order's purse anybody's but its owner's.
            fundL2(onboarding.purseOf(onboarding.digestOf(order)), 1 ether);
            (bool done,) = address(onboarding).call(abi.encodeCall(onboarding.open, (order, signature)));
            assertTrue(!done, string.concat("unsigned: ", vm.toString(field)));
        }
        takeAt(1, orderFromBase(1 ether), signature);
    }

    function altered(uint256 field) internal view returns (Orders.Order memory order) {
        order = orderFromBase(1 ether);
        Orders.Terms memory terms = order.terms;
        ISessions.SessionParams memory session = terms.session;
        if (field == 0) order.source.chainId += 1;
        if (field == 1) order.source.cor = address(cor);
        if (field == 2) order.transfer.taker = stranger;
        if (field == 3) terms.onboarding = stranger;
        if (field == 4) order.transfer.from = vm.addr(0xBAD);
        if (field == 5) order.transfer.amountWei += 1;
        if (field == 6) order.transfer.nonce = keccak256("again");
        if (field == 7) order.transfer.deadline += 1;
        if (field == 8) terms.sponsor = stranger;
        if (field == 9) terms.feeMaxWei -= 1;
        if (field == 10) terms.router = stranger;
        if (field == 11) terms.key = stranger;
        if (field == 12) terms.capPerEpochWei += 1;
        if (field == 13) terms.totalCapWei += 1;
        if (field == 14) terms.expires += 1;
        if (field == 15) session.name = "mine";
        if (field == 16) session.metadata = "mine";
        if (field == 17) session.minNumOfNodes += 1;
        if (field == 18) session.maxNumOfNodes += 1;
        if (field == 19) session.redundant += 1;
        if (field == 20) session.numOfValidatorNodes += 1;
        if (field == 21) session.mode += 1;
        if (field == 22) session.reserveEphemeralNodes = true;
        if (field == 23) session.sla += 1;
        if (field == 24) session.modelIdentifier = keccak256("another");
        if (field == 25) session.reservePeriod += 1;
        if (field == 26) session.maxTaskExecutionCount += 1;
        if (field == 27) session.privacy += 1;
    }

    function test_RevertWhen_AFeeIsBeyondItsBoundOrAnothersOrAll() public {
        fundBase(10 ether);
        chains.chainId(BASE);
        Orders.Order memory order = orderFromBase(10 ether);
        bytes memory signature = signed(order);
        vm.prank(sponsor);
        vm.expectRevert(abi.encodeWithSelector(IOnboardingTill.FeeAbove.selector, 1 ether + 1, 1 ether));
        baseTill.take(order, signature, 1 ether + 1);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IOnboardingTill.NotSponsor.selector, stranger, sponsor));
        baseTill.take(order, signature, 1);
        order = orderFromBase(1 ether);
        signature = signed(order);
        vm.prank(sponsor);
        vm.expectRevert(abi.encodeWithSelector(IOnboardingTill.NothingLeft.selector, 1 ether, 1 ether));
        baseTill.take(order, signature, 1 ether);
    }

    function test_RevertWhen_TheOwnerIsDeniedOrTheTillPaused() public {
        fundBase(1 ether);
        Orders.Order memory order = orderFromBase(1 ether);
        denied.deny(owner, true);
        refusesAt(1, order, signed(order), Hooks.Denied.selector);
        denied.deny(owner, false);
        switches.turn(address(baseTill), true);
        refusesAt(1, order, signed(order), Hooks.Paused.selector);
    }

    function test_RevertWhen_TheCoinsAreNotThereOrNotAll() public {
        fundBase(10 ether);
        Orders.Order memory order = orderFromBase(10 ether);
        bytes memory signature = signed(order);
        onL2();
        vm.expectRevert(abi.encodeWithSelector(IOnboarding.PurseShort.selector, 0, 9 ether));
        onboarding.open(order, signature);
        // Dust of a stranger's doesn't have it opened with less.
        fundL2(onboarding.purseOf(onboarding.digestOf(order)), 9 ether - 1);
        vm.expectRevert(abi.encodeWithSelector(IOnboarding.PurseShort.selector, 9 ether - 1, 9 ether));
        onboarding.open(order, signature);
    }

    function test_RevertWhen_LittleGasIsGivenSoThatItFails() public {
        fundL2(onboarding.purseOf(onboarding.digestOf(orderFromBase(1 ether))), 1 ether);
        Orders.Order memory order = orderFromBase(1 ether);
        bytes memory call = abi.encodeCall(onboarding.open, (order, signed(order)));
        (bool done,) = address(onboarding).call{ gas: 1_500_000 }(call);
        assertTrue(!done, "refused whole");
        assertEq(uint256(onboarding.stateOf(onboarding.digestOf(order))), uint256(IOnboarding.State.None), "and open");
    }

    /* NEVER LOST */

    function test_ASessionThatCannotBeOpenedLeavesTheCoinsWithTheOwner() public {
        fundBase(10 ether);
        Orders.Order memory order = orderFromBase(10 ether);
        order.terms.session.minNumOfNodes = 5;
        takeAt(1, order, signed(order));
        carryFromBase(0);
        assertEq(onboarding.open(order, signed(order)), 0, "no session");
        assertEq(bridged.balanceOf(owner), 10 ether, "but the coins");
        assertEq(sessions.sessionCount(), 0, "and nothing half done");
        // The next order isn't held up.
        fundBase(10 ether);
        Orders.Order memory next = orderFromBase(10 ether);
        next.transfer.nonce = keccak256("next");
        takeAt(1, next, signed(next));
        carryFromBase(1);
        assertOpened(onboarding.open(next, signed(next)), 10 ether);
    }

    function test_WhileDepositsArePausedOrAKeyRanOutTheCoinsAreTheOwners() public {
        for (uint256 i = 0; i < 2; ++i) {
            fundBase(1 ether);
            Orders.Order memory order = orderFromBase(1 ether);
            order.transfer.nonce = keccak256(abi.encode(i));
            takeAt(1, order, signed(order));
            carryFromBase(i);
            if (i == 0) switches.turn(address(payment), true);
            else vm.warp(order.terms.expires);
            assertEq(onboarding.open(order, signed(order)), 0, "no session");
            switches.turn(address(payment), false);
        }
        assertEq(bridged.balanceOf(owner), 2 ether, "hers to use");
    }

    function test_TheOwnerTakesTheCoinsOutInsteadAndAnyoneHandsOnWhatComesLate() public {
        fundBase(2 ether);
        Orders.Order memory order = orderFromBase(2 ether);
        takeAt(1, order, signed(order));
        carryFromBase(0);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IOnboarding.NotOwner.selector, stranger, owner));
        onboarding.release(order);
        vm.prank(owner);
        assertEq(onboarding.release(order), 2 ether, "hers");
        bytes memory signature = signed(order);
        vm.expectRevert(
            abi.encodeWithSelector(
                IOnboarding.OrderDone.selector, onboarding.digestOf(order), IOnboarding.State.PaidOut
            )
        );
        onboarding.open(order, signature);
        fundL2(onboarding.purseOf(onboarding.digestOf(order)), 1 ether);
        vm.prank(stranger);
        onboarding.release(order);
        assertEq(bridged.balanceOf(owner), 3 ether, "and nobody else's");
    }

    /* WHO */

    function test_RevertWhen_AnyoneElseHandsSessionsOverOrEmptiesPurses() public {
        onL2();
        vm.expectRevert(abi.encodeWithSelector(ISessions.NamedAlready.selector, address(onboarding)));
        sessions.nameOpener(stranger);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ISessions.NotDeployer.selector, stranger));
        sessions.nameOpener(stranger);
        (uint32 account,) = sessions.create(orderHere(1).terms.session);
        vm.expectRevert(abi.encodeWithSelector(ISessions.NotOpener.selector, address(this), address(onboarding)));
        sessions.handOver(account, stranger);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ISessions.NotSessionOwner.selector, stranger, address(this)));
        sessions.handOver(account, stranger);
        Purse first = onboarding.firstPurse();
        vm.expectRevert(abi.encodeWithSelector(Purse.NotOnboarding.selector, address(this)));
        first.empty(bridged, stranger);
        vm.expectRevert(abi.encodeWithSelector(IOnboarding.NotSelf.selector, address(this)));
        onboarding.openSession(0, stranger, orderHere(1).terms, 1);
    }

    function test_RevertWhen_AWordForAnotherPurposeIsShownAsATransfer() public {
        // A permit of the same token, by the same key: another type, whatever is put into its fields.
        cor.transfer(owner, 1 ether);
        onL1();
        bytes32 permit = keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 word = keccak256(abi.encode(permit, owner, address(this), 1 ether, 0, type(uint64).max));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", cor.DOMAIN_SEPARATOR(), word));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(OWNER_KEY, digest);
        (bool done, bytes memory reason) = address(cor)
            .call(
                abi.encodeCall(cor.takeSigned, (owner, 1 ether, 0, type(uint64).max, "", 0, abi.encodePacked(r, s, v)))
            );
        assertTrue(!done && bytes4(reason) == ISignedTransfers.TransferForeign.selector, "refused");
    }
}
