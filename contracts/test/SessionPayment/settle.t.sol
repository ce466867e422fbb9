// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { Credits } from "../../src/libraries/Credits.sol";
import { Debits } from "../../src/libraries/Debits.sol";
import { SpendingKeys } from "../../src/libraries/SpendingKeys.sol";
import { Network } from "../support/Network.sol";

contract SettleTest is Network {
    uint32 internal account;

    function setUp() public override {
        super.setUp();
        account = fundedSession(100);
    }

    function structHash(bytes memory debits, bytes memory credits) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Settlement(address lane,bytes32 debitsHash,bytes32 creditsHash,bytes32 settlementRoot,bytes32 setCid)"
        );
        return keccak256(abi.encode(typeHash, operator, keccak256(debits), keccak256(credits), ROOT, CID));
    }

    /* AUTHORITY */

    function test_RevertWhen_CallerMayNotActForLane() public {
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.SettlementUnauthorised.selector, stranger, operator));
        vm.prank(stranger);
        payment.settle(operator, clientDebit(account, 1), "", ROOT, CID, "");
    }

    function test_SettlesForAnyoneWithARoutersSignature() public {
        registerNode(ROUTER_KEY, operator, 1);
        bytes memory debits = clientDebit(account, 7);
        bytes memory signature = signTyped(ROUTER_KEY, address(payment), structHash(debits, ""));
        vm.prank(stranger);
        payment.settle(operator, debits, "", ROOT, CID, signature);
        assertEq(payment.laneOf(account, operator).cumulativeWei, 7, "cumulative");
    }

    function test_RevertWhen_SignatureIsOfOtherContent() public {
        address router = registerNode(ROUTER_KEY, operator, 1);
        bytes memory debits = clientDebit(account, 7);
        bytes memory signature = signTyped(ROUTER_KEY, address(payment), structHash(debits, credit(miner, 7)));
        bytes32 digest = typedDigest(address(payment), block.chainid, structHash(debits, credit(stranger, 7)));
        address recovered = ECDSA.recover(digest, signature);
        assertTrue(recovered != router, "another signer");
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.SettlementUnauthorised.selector, recovered, operator));
        vm.prank(stranger);
        payment.settle(operator, debits, credit(stranger, 7), ROOT, CID, signature);
    }

    function test_RevertWhen_TheRoutersSignatureIsForAnotherChainOrContractOrMalleable() public {
        registerNode(ROUTER_KEY, operator, 1);
        bytes memory debits = clientDebit(account, 7);
        bytes32 hash = structHash(debits, "");
        bytes32 digest = typedDigest(address(payment), block.chainid, hash);
        bytes[2] memory elsewhere = [
            signFor(ROUTER_KEY, address(payment), block.chainid + 1, hash),
            signTyped(ROUTER_KEY, address(registry), hash)
        ];
        for (uint256 i = 0; i < elsewhere.length; ++i) {
            address recovered = ECDSA.recover(digest, elsewhere[i]);
            vm.expectRevert(
                abi.encodeWithSelector(ISessionPayment.SettlementUnauthorised.selector, recovered, operator)
            );
            vm.prank(stranger);
            payment.settle(operator, debits, "", ROOT, CID, elsewhere[i]);
        }
        (bytes memory other, bytes32 s) = flipped(signTyped(ROUTER_KEY, address(payment), hash));
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, s));
        vm.prank(stranger);
        payment.settle(operator, debits, "", ROOT, CID, other);
    }

    function test_RevertWhen_TheDebitIsZeroOrTheLargestThereCanBe() public {
        bytes memory nothing = clientDebit(account, 0);
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.DebitStale.selector, account, 0, 0));
        settle(nothing, "");
        uint96 allotmentWei = payment.laneOf(account, operator).allotmentWei;
        bytes memory everything = clientDebit(account, type(uint96).max);
        vm.expectRevert(
            abi.encodeWithSelector(
                ISessionPayment.DebitAboveAllotment.selector, account, type(uint96).max, allotmentWei
            )
        );
        settle(everything, "");
    }

    function test_SettlesForARouterUntilItLeaves() public {
        address router = registerNode(ROUTER_KEY, operator, 1);
        vm.prank(router);
        payment.settle(operator, clientDebit(account, 1), "", ROOT, CID, "");
        vm.prank(operator);
        registry.leave(router);
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.SettlementUnauthorised.selector, router, operator));
        vm.prank(router);
        payment.settle(operator, clientDebit(account, 2), "", ROOT, CID, "");
    }

    function test_RevertWhen_NodeOfOperatorIsNoRouter() public {
        address worker = registerNode(ROUTER_KEY, operator, 2);
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.SettlementUnauthorised.selector, worker, operator));
        vm.prank(worker);
        payment.settle(operator, clientDebit(account, 1), "", ROOT, CID, "");
    }

    /* FORM */

    function test_RevertWhen_Empty() public {
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.SettlementEmpty.selector));
        settle("", "");
    }

    function testFuzz_RevertWhen_NoWholeDebits(uint8 excess) public {
        excess = uint8(bound(excess, 1, Debits.PACKED_BYTES - 1));
        bytes memory debits = bytes.concat(clientDebit(account, 1), new bytes(excess));
        vm.expectRevert(abi.encodeWithSelector(Debits.DebitsMisaligned.selector, debits.length));
        settle(debits, "");
    }

    function test_RevertWhen_NoWholeCredits() public {
        vm.expectRevert(abi.encodeWithSelector(Credits.CreditsMisaligned.selector, 33));
        settle(clientDebit(account, 1), bytes.concat(credit(miner, 1), hex"00"));
    }

    /* DEBITS */

    function test_RevertWhen_SameSettlementAgain() public {
        settle(clientDebit(account, 60), credit(miner, 50));
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.DebitStale.selector, account, 60, 60));
        settle(clientDebit(account, 60), credit(miner, 50));
        assertEq(creditedTo(operator, miner), 50, "paid once");
    }

    function testFuzz_RevertWhen_DebitIsNotAboveWhatWasSettled(uint96 settledWei, uint96 cumulativeWei) public {
        settledWei = uint96(bound(settledWei, 1, 100));
        cumulativeWei = uint96(bound(cumulativeWei, 0, settledWei));
        settle(clientDebit(account, settledWei), "");
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.DebitStale.selector, account, cumulativeWei, settledWei));
        settle(clientDebit(account, cumulativeWei), "");
    }

    function testFuzz_RevertWhen_DebitIsAboveAllotment(uint96 cumulativeWei) public {
        cumulativeWei = uint96(bound(cumulativeWei, 101, type(uint96).max));
        vm.expectRevert(
            abi.encodeWithSelector(ISessionPayment.DebitAboveAllotment.selector, account, cumulativeWei, 100)
        );
        settle(clientDebit(account, cumulativeWei), "");
    }

    function test_RevertWhen_CountFalls() public {
        Debits.Debit memory debit = someDebit(account, 10);
        debit.count = 5;
        settle(packDebit(CLIENT_KEY, debit), "");
        debit.cumulativeWei = 11;
        debit.count = 4;
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.DebitCountFell.selector, account, 4, 5));
        settle(packDebit(CLIENT_KEY, debit), "");
    }

    function expectForeign(Debits.Debit memory debit, bytes memory signature) internal {
        bytes32 digest = typedDigest(address(payment), block.chainid, Debits.hashDebit(debit, operator));
        address recovered = ECDSA.recover(digest, signature);
        assertTrue(recovered != client, "not the client");
        vm.expectRevert(abi.encodeWithSelector(SpendingKeys.SpendingKeyUnknown.selector, recovered));
        settle(packSigned(debit, signature), "");
    }

    function test_RevertWhen_SignedByAStranger() public {
        Debits.Debit memory debit = someDebit(account, 10);
        expectForeign(debit, signTyped(0xBAD, address(payment), Debits.hashDebit(debit, operator)));
    }

    function test_RevertWhen_SignedForAnotherLane() public {
        Debits.Debit memory debit = someDebit(account, 10);
        expectForeign(debit, signTyped(CLIENT_KEY, address(payment), Debits.hashDebit(debit, stranger)));
    }

    function test_RevertWhen_SignedForAnotherContract() public {
        Debits.Debit memory debit = someDebit(account, 10);
        expectForeign(debit, signTyped(CLIENT_KEY, address(registry), Debits.hashDebit(debit, operator)));
    }

    function test_RevertWhen_SignedForAnotherChain() public {
        Debits.Debit memory debit = someDebit(account, 10);
        bytes32 digest = typedDigest(address(payment), block.chainid + 1, Debits.hashDebit(debit, operator));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(CLIENT_KEY, digest);
        expectForeign(debit, abi.encodePacked(r, s, v));
    }

    function testFuzz_RevertWhen_AnyFieldOfASignedDebitIsChanged(uint8 field) public {
        Debits.Debit memory debit = someDebit(account, 10);
        bytes memory signature = signTyped(CLIENT_KEY, address(payment), Debits.hashDebit(debit, operator));
        field = uint8(bound(field, 0, 3));
        if (field == 0) debit.cumulativeWei += 1;
        if (field == 1) debit.receiptsRoot = keccak256("other");
        if (field == 2) debit.count += 1;
        if (field == 3) debit.epoch += 1;
        expectForeign(debit, signature);
    }

    function test_RevertWhen_SignatureIsMalleable() public {
        Debits.Debit memory debit = someDebit(account, 10);
        bytes32 digest = typedDigest(address(payment), block.chainid, Debits.hashDebit(debit, operator));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(CLIENT_KEY, digest);
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        bytes32 flipped = bytes32(order - uint256(s));
        bytes memory debits = packSigned(debit, abi.encodePacked(r, flipped, v == 27 ? 28 : 27));
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, flipped));
        settle(debits, "");
    }

    function test_ChangesNothingWhenOneOfManyIsBad() public {
        uint32 other = fundedSession(50);
        bytes memory debits = bytes.concat(clientDebit(account, 10), clientDebit(other, 51));
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.DebitAboveAllotment.selector, other, 51, 50));
        settle(debits, credit(miner, 10));
        assertEq(payment.laneOf(account, operator).cumulativeWei, 0, "first account untouched");
        assertEq(creditedTo(operator, miner), 0, "nobody credited");
    }

    /* CREDITS */

    function testFuzz_RevertWhen_CreditsAreAboveDebits(uint96 debitedWei, uint96 excessWei) public {
        debitedWei = uint96(bound(debitedWei, 1, 100));
        excessWei = uint96(bound(excessWei, 1, type(uint96).max - 100));
        bytes memory credits = bytes.concat(credit(miner, debitedWei), credit(stranger, excessWei));
        vm.expectRevert(
            abi.encodeWithSelector(
                ISessionPayment.CreditsAboveDebits.selector, uint256(debitedWei) + excessWei, debitedWei
            )
        );
        settle(clientDebit(account, debitedWei), credits);
    }

    function test_RevertWhen_PayeeIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(Credits.PayeeZero.selector));
        settle(clientDebit(account, 1), credit(address(0), 1));
    }

    function testFuzz_MovesOnlyWhatACreditRaises(uint96 firstWei, uint96 secondWei) public {
        firstWei = uint96(bound(firstWei, 0, 40));
        secondWei = uint96(bound(secondWei, 0, 80));
        settle(clientDebit(account, 40), credit(miner, firstWei));
        uint256 raisedWei = secondWei > firstWei ? secondWei - firstWei : 0;
        bytes memory debits = clientDebit(account, 100);
        if (raisedWei > 60) {
            vm.expectRevert(abi.encodeWithSelector(ISessionPayment.CreditsAboveDebits.selector, raisedWei, 60));
            settle(debits, credit(miner, secondWei));
            return;
        }
        settle(debits, credit(miner, secondWei));
        assertEq(creditedTo(operator, miner), firstWei + raisedWei, "never falls");
        assertEq(earnedBy(operator), 100 - firstWei - raisedWei, "the rest is the operator's");
    }

    function test_KeepsTheCountersOfTwoLanesApart() public {
        settle(clientDebit(account, 30), credit(miner, 30));
        uint32 other = openSession(client);
        deposit(other, 50);
        allot(other, stranger, 50);
        Debits.Debit memory debit = someDebit(other, 20);
        bytes memory signature = signTyped(CLIENT_KEY, address(payment), Debits.hashDebit(debit, stranger));
        vm.prank(stranger);
        payment.settle(stranger, packSigned(debit, signature), credit(miner, 20), ROOT, CID, "");
        assertEq(creditedTo(operator, miner), 30, "one lane");
        assertEq(creditedTo(stranger, miner), 20, "the other");
    }

    /* EFFECTS */

    function testFuzz_CreditsExactlyWhatItDebits(uint96 firstWei, uint96 secondWei, uint96 minerWei) public {
        uint32 other = fundedSession(1_000);
        firstWei = uint96(bound(firstWei, 1, 100));
        secondWei = uint96(bound(secondWei, 1, 1_000));
        minerWei = uint96(bound(minerWei, 0, uint256(firstWei) + secondWei));
        settle(bytes.concat(clientDebit(account, firstWei), clientDebit(other, secondWei)), credit(miner, minerWei));
        assertEq(creditedTo(operator, miner), minerWei, "miner");
        assertEq(earnedBy(operator), uint256(firstWei) + secondWei - minerWei, "operator has the rest");
        assertEq(payment.laneOf(account, operator).cumulativeWei, firstWei, "first lane");
        assertEq(payment.laneOf(other, operator).cumulativeWei, secondWei, "second lane");
        assertEq(payment.laneOf(account, operator).count, 1, "count");
    }

    function test_TakesSeveralCreditsOfOnePayeeAndSeveralDebitsOfOneAccount() public {
        bytes memory debits = bytes.concat(clientDebit(account, 10), clientDebit(account, 30));
        settle(debits, bytes.concat(credit(miner, 10), credit(miner, 20)));
        assertEq(creditedTo(operator, miner), 20, "how far the counter goes");
        assertEq(earnedBy(operator), 10, "operator has the rest");
        assertEq(payment.laneOf(account, operator).cumulativeWei, 30, "lane");
    }

    function test_KeepsTheLanesOfTwoOperatorsApart() public {
        vm.prank(client);
        payment.setAllotment(account, operator, 100);
        uint32 shared = openSession(client);
        deposit(shared, 100);
        allot(shared, operator, 40);
        allot(shared, stranger, 60);
        settle(clientDebit(shared, 40), "");
        Debits.Debit memory debit = someDebit(shared, 60);
        bytes memory signature = signTyped(CLIENT_KEY, address(payment), Debits.hashDebit(debit, stranger));
        vm.prank(stranger);
        payment.settle(stranger, packSigned(debit, signature), "", ROOT, CID, "");
        assertEq(earnedBy(operator), 40, "first operator");
        assertEq(earnedBy(stranger), 60, "second operator");
    }

    function test_ChainsSettlementsAndEmitsThemInFull() public {
        bytes memory debits = clientDebit(account, 10);
        bytes memory credits = credit(miner, 9);
        bytes32 id = structHash(debits, credits);
        bytes32 head = keccak256(abi.encode(bytes32(0), id, block.timestamp));
        expectEvent(address(payment));
        emit ISessionPayment.Settled(operator, id, ROOT, CID, head, 10, 1, debits, credits);
        assertEq(settle(debits, credits), id, "id");
        assertEq(payment.headOf(operator), head, "first head");

        vm.warp(block.timestamp + 7);
        bytes32 next = settle(clientDebit(account, 20), "");
        assertEq(payment.headOf(operator), keccak256(abi.encode(head, next, vm.getBlockTimestamp())), "second head");
    }
}
