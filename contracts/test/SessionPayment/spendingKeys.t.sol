// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { Debits } from "../../src/libraries/Debits.sol";
import { SpendingKeys } from "../../src/libraries/SpendingKeys.sol";
import { Network } from "../support/Network.sol";

contract SpendingKeysTest is Network {
    uint256 internal constant KEY = 0x5BE4D;
    uint96 internal constant EPOCH_CAP = 10;
    uint96 internal constant TOTAL_CAP = 25;

    uint32 internal account;
    address internal key = vm.addr(KEY);
    uint64 internal expires;

    function setUp() public override {
        super.setUp();
        account = fundedSession(100);
        expires = uint64(block.timestamp + 10 * EPOCH_SECONDS);
    }

    function add() internal {
        vm.prank(client);
        payment.addSpendingKey(account, key, EPOCH_CAP, TOTAL_CAP, expires, "");
    }

    function keyDebit(uint96 cumulativeWei, uint64 epoch) internal view returns (bytes memory) {
        Debits.Debit memory debit = someDebit(account, cumulativeWei);
        debit.epoch = epoch;
        return packDebit(KEY, debit);
    }

    function passEpochs(uint256 count) internal {
        vm.warp(vm.getBlockTimestamp() + count * EPOCH_SECONDS);
    }

    /* ADDING */

    function test_RevertWhen_AddedByAStranger() public {
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.NotSessionOwner.selector, stranger, client));
        vm.prank(stranger);
        payment.addSpendingKey(account, key, EPOCH_CAP, TOTAL_CAP, expires, "");
    }

    function signKey(uint256 by, uint96 totalCapWei) internal view returns (bytes memory) {
        bytes32 structHash =
            keccak256(abi.encode(SpendingKeys.SPENDING_KEY_TYPEHASH, account, key, EPOCH_CAP, totalCapWei, expires));
        return signTyped(by, address(payment), structHash);
    }

    function test_TakesTheOwnersSignatureFromAnyone() public {
        bytes memory signature = signKey(CLIENT_KEY, TOTAL_CAP);
        expectEvent(address(payment));
        emit ISessionPayment.SpendingKeyAdded(account, key, EPOCH_CAP, TOTAL_CAP, expires);
        vm.prank(stranger);
        payment.addSpendingKey(account, key, EPOCH_CAP, TOTAL_CAP, expires, signature);
    }

    function test_RevertWhen_TheSignatureIsNotTheOwners() public {
        bytes memory signature = signKey(KEY, TOTAL_CAP);
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.SignatureForeign.selector, key, client));
        payment.addSpendingKey(account, key, EPOCH_CAP, TOTAL_CAP, expires, signature);
    }

    function test_RevertWhen_TheOwnersSignatureIsForAnotherChainOrContractOrMalleable() public {
        bytes32 hash =
            keccak256(abi.encode(SpendingKeys.SPENDING_KEY_TYPEHASH, account, key, EPOCH_CAP, TOTAL_CAP, expires));
        bytes32 digest = typedDigest(address(payment), block.chainid, hash);
        bytes[2] memory elsewhere = [
            signFor(CLIENT_KEY, address(payment), block.chainid + 1, hash),
            signTyped(CLIENT_KEY, address(registry), hash)
        ];
        for (uint256 i = 0; i < elsewhere.length; ++i) {
            address recovered = ECDSA.recover(digest, elsewhere[i]);
            vm.expectRevert(abi.encodeWithSelector(ISessionPayment.SignatureForeign.selector, recovered, client));
            payment.addSpendingKey(account, key, EPOCH_CAP, TOTAL_CAP, expires, elsewhere[i]);
        }
        (bytes memory other, bytes32 s) = flipped(signKey(CLIENT_KEY, TOTAL_CAP));
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, s));
        payment.addSpendingKey(account, key, EPOCH_CAP, TOTAL_CAP, expires, other);
    }

    function test_RevertWhen_TheKeyWasAddedBefore() public {
        add();
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.SpendingKeyExists.selector, key));
        add();
        vm.prank(client);
        payment.revokeSpendingKey(account, key);
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.SpendingKeyExists.selector, key));
        add();
    }

    function test_RevertWhen_TheKeyIsZeroOrExpired() public {
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.SpendingKeyInvalid.selector, address(0), expires));
        vm.prank(client);
        payment.addSpendingKey(account, address(0), EPOCH_CAP, TOTAL_CAP, expires, "");
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.SpendingKeyInvalid.selector, key, block.timestamp));
        vm.prank(client);
        payment.addSpendingKey(account, key, EPOCH_CAP, TOTAL_CAP, uint64(block.timestamp), "");
    }

    /* SPENDING */

    function test_GivesEachEpochItsWholeCapAndNoMore() public {
        add();
        settle(keyDebit(10, currentEpoch()), "");
        passEpochs(1);
        settle(keyDebit(14, currentEpoch()), "");
        passEpochs(1);
        uint64 epoch = currentEpoch();
        vm.expectRevert(abi.encodeWithSelector(SpendingKeys.EpochCapExceeded.selector, 11, EPOCH_CAP));
        settle(keyDebit(25, epoch), "");
        settle(keyDebit(24, epoch), "");
        vm.expectRevert(abi.encodeWithSelector(SpendingKeys.EpochCapExceeded.selector, 11, EPOCH_CAP));
        settle(keyDebit(25, epoch), "");
    }

    function test_RevertWhen_TheTotalCapIsPassed() public {
        add();
        settle(keyDebit(10, currentEpoch()), "");
        passEpochs(1);
        settle(keyDebit(20, currentEpoch()), "");
        passEpochs(1);
        uint64 epoch = currentEpoch();
        vm.expectRevert(abi.encodeWithSelector(SpendingKeys.TotalCapExceeded.selector, 26, TOTAL_CAP));
        settle(keyDebit(26, epoch), "");
        settle(keyDebit(25, epoch), "");
    }

    function test_SettlesThePreviousEpochButNoOther() public {
        add();
        uint64 epoch = currentEpoch();
        passEpochs(1);
        settle(keyDebit(10, epoch), "");
        settle(keyDebit(20, epoch + 1), "");
        vm.expectRevert(abi.encodeWithSelector(SpendingKeys.EpochBehind.selector, epoch, epoch + 1));
        settle(keyDebit(21, epoch), "");
        vm.expectRevert(abi.encodeWithSelector(SpendingKeys.EpochNotOpen.selector, epoch + 2, epoch + 1));
        settle(keyDebit(21, epoch + 2), "");
        vm.expectRevert(abi.encodeWithSelector(SpendingKeys.EpochNotOpen.selector, epoch - 1, epoch + 1));
        settle(keyDebit(21, epoch - 1), "");
    }

    function test_RevertWhen_TheEpochBeganAtOrAfterTheExpiry() public {
        add();
        passEpochs(9);
        uint64 epoch = currentEpoch();
        settle(keyDebit(1, epoch), "");
        passEpochs(1);
        uint256 epochStart = T0 + (epoch + 1) * EPOCH_SECONDS;
        vm.expectRevert(abi.encodeWithSelector(SpendingKeys.SpendingKeyExpired.selector, expires, epochStart));
        settle(keyDebit(2, epoch + 1), "");
    }

    /// The most that a delegate can take in any run of epochs is one cap each, and the total cap in all.
    function testFuzz_NeverTakesMoreThanItsCaps(uint96[12] memory stepsWei, uint8[12] memory waits) public {
        vm.prank(client);
        payment.addSpendingKey(account, key, EPOCH_CAP, TOTAL_CAP, uint64(block.timestamp + 365 days), "");
        uint64 first = currentEpoch();
        uint96 takenWei = 0;
        for (uint256 i = 0; i < stepsWei.length; ++i) {
            passEpochs(bound(waits[i], 0, 2));
            uint96 nextWei = takenWei + uint96(bound(stepsWei[i], 1, 12));
            bytes memory debits = keyDebit(nextWei, currentEpoch());
            vm.prank(operator);
            try payment.settle(operator, debits, "", ROOT, CID, "") {
                takenWei = nextWei;
            } catch { }
            assertTrue(takenWei <= TOTAL_CAP, "total cap");
            assertTrue(takenWei <= EPOCH_CAP * (currentEpoch() - first + 1), "one cap an epoch");
        }
        assertEq(payment.spendingKeyOf(account, key).spentTotalWei, takenWei, "counted");
    }

    /* REVOKING */

    function test_SettlesTheEpochItIsRevokedInAndNoLaterOne() public {
        add();
        vm.warp(block.timestamp + 1);
        uint64 epoch = currentEpoch();
        expectEvent(address(payment));
        emit ISessionPayment.SpendingKeyRevoked(account, key);
        vm.prank(client);
        payment.revokeSpendingKey(account, key);
        uint256 revokedAt = vm.getBlockTimestamp();
        settle(keyDebit(4, epoch), "");
        passEpochs(1);
        settle(keyDebit(10, epoch), "");
        uint256 epochStart = T0 + (epoch + 1) * EPOCH_SECONDS;
        vm.expectRevert(abi.encodeWithSelector(SpendingKeys.SpendingKeyExpired.selector, revokedAt, epochStart));
        settle(keyDebit(11, epoch + 1), "");
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.SpendingKeyInactive.selector, key));
        vm.prank(client);
        payment.revokeSpendingKey(account, key);
    }

    function test_RevertWhen_RevokedByAStranger() public {
        add();
        vm.expectRevert(abi.encodeWithSelector(ISessionPayment.NotSessionOwner.selector, stranger, client));
        vm.prank(stranger);
        payment.revokeSpendingKey(account, key);
    }
}
