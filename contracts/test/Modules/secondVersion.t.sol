// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IModules } from "../../src/interfaces/IModules.sol";
import { ISessionPayment } from "../../src/interfaces/ISessionPayment.sol";
import { Modules } from "../../src/l1/Modules.sol";
import { SessionPayment } from "../../src/l2/SessionPayment.sol";
import { Debits } from "../../src/libraries/Debits.sol";
import { SpendingKeys } from "../../src/libraries/SpendingKeys.sol";
import { Network } from "../support/Network.sol";
import { SessionsTwo } from "../support/SessionsTwo.sol";

contract SecondVersionTest is Network {
    uint32 internal constant SESSIONS = 100;
    uint96 internal constant DEPOSIT_WEI = 1_000;

    Modules internal modules;
    SessionsTwo internal sessionsTwo;
    SessionPayment internal paymentTwo;

    function setUp() public override {
        super.setUp();
        modules = new Modules(owner);
        add(address(sessions), address(payment));
        for (uint32 i = 1; i <= SESSIONS; ++i) {
            assertEq(fundedSession(DEPOSIT_WEI + i), i, "account");
            // Half of them are in the middle of their work.
            if (i % 2 == 0) settle(clientDebit(i, 10 + i), credit(miner, uint96(creditedTo(operator, miner)) + 7));
        }
    }

    function add(address sessions_, address payment_) internal {
        IModules.Entry[] memory entries = new IModules.Entry[](2);
        entries[0] = IModules.Entry("Sessions", sessions_);
        entries[1] = IModules.Entry("SessionPayment", payment_);
        vm.prank(owner);
        modules.add(entries);
    }

    function addSecond() internal {
        sessionsTwo = new SessionsTwo();
        SessionPayment.Parts memory parts = partsWith(cor);
        parts.sessions = sessionsTwo;
        // Whoever may freeze what matures is joined to one payment contract, and the second has none yet.
        parts.setChallenges = address(0);
        paymentTwo = new SessionPayment(parts);
        add(address(sessionsTwo), address(paymentTwo));
    }

    /// A session of the second version, funded and allotted as those of the first.
    function fundedSecond() internal returns (uint32 account) {
        vm.prank(client);
        account = sessionsTwo.open("agreement");
        cor.approve(address(paymentTwo), DEPOSIT_WEI);
        paymentTwo.deposit(account, DEPOSIT_WEI);
        vm.prank(client);
        paymentTwo.setAllotment(account, operator, DEPOSIT_WEI);
    }

    function secondDebit(uint32 account, uint96 cumulativeWei) internal view returns (bytes memory) {
        Debits.Debit memory debit = someDebit(account, cumulativeWei);
        return packSigned(debit, signTyped(CLIENT_KEY, address(paymentTwo), Debits.hashDebit(debit, operator)));
    }

    function settleSecond(bytes memory debits, bytes memory credits) internal {
        vm.prank(operator);
        paymentTwo.settle(operator, debits, credits, ROOT, CID, "");
    }

    /// Everything that the first version holds, in one word.
    function firstState() internal view returns (bytes32 state) {
        state = keccak256(abi.encode(cor.balanceOf(address(payment)), payment.headOf(operator), earnedBy(operator)));
        for (uint32 i = 1; i <= SESSIONS; ++i) {
            ISessionPayment.Lane memory lane = payment.laneOf(i, operator);
            state = keccak256(
                abi.encode(state, sessions.sessionOf(i), payment.accountOf(i), lane, creditedTo(operator, miner))
            );
        }
    }

    function test_LeavesTheFirstAsItIs() public {
        bytes32 before = firstState();
        addSecond();
        settleSecond(secondDebit(fundedSecond(), 40), credit(miner, 30));
        assertEq(firstState(), before, "the first version's state");
        assertEq(modules.moduleAt("Sessions", 1), address(sessions), "the first is where it was");
        assertEq(modules.moduleAt("SessionPayment", 1), address(payment), "its money as well");
        (address latest, uint32 version) = modules.latest("Sessions");
        assertEq(latest, address(sessionsTwo), "the latest");
        assertEq(version, 2, "version");
    }

    function test_LetsEachSessionOfTheFirstSettleCloseAndBeRefunded() public {
        addSecond();
        uint32 second = fundedSecond();
        uint256 refundedWei = cor.balanceOf(client);
        uint256 spentWei = 0;
        for (uint32 i = 1; i <= SESSIONS; ++i) {
            uint96 paidWei = uint96(creditedTo(operator, miner)) + 3;
            settle(clientDebit(i, 200 + i), credit(miner, paidWei));
            settleSecond(secondDebit(second, i), credit(miner, i / 2));
            spentWei += 200 + i;
            vm.prank(client);
            payment.requestClose(i);
        }
        vm.warp(vm.getBlockTimestamp() + 24 hours);
        for (uint32 i = 1; i <= SESSIONS; ++i) {
            assertEq(payment.finaliseClose(i), DEPOSIT_WEI + i - (200 + i), "refund of each");
            refundedWei += DEPOSIT_WEI - 200;
        }
        assertEq(cor.balanceOf(client), refundedWei, "refunds");
        uint256 creditedWei = creditedTo(operator, miner);
        assertEq(creditedWei, 50 * 7 + 100 * 3, "the miner's credit");
        assertEq(earnedBy(operator), spentWei - creditedWei, "the operator's part");
        assertEq(cor.balanceOf(address(payment)), spentWei, "nothing else is left in the first");
        assertEq(paymentTwo.laneOf(second, operator).cumulativeWei, SESSIONS, "the second went on");
        assertEq(cor.balanceOf(address(paymentTwo)), DEPOSIT_WEI, "with its own money");
    }

    function test_RevertWhen_ADebitOfTheOneIsShownToTheOther() public {
        addSecond();
        uint32 second = fundedSecond();
        bytes memory ofFirst = clientDebit(1, 50);
        bytes memory ofSecond = secondDebit(second, 50);
        // The same account number and owner: only the contract in the signature's domain tells them apart.
        assertEq(second, 1, "account of the second");
        expectUnknownSigner(address(paymentTwo), address(payment));
        settleSecond(ofFirst, "");
        expectUnknownSigner(address(payment), address(paymentTwo));
        settle(ofSecond, "");
        settle(ofFirst, "");
        settleSecond(ofSecond, "");
        assertEq(payment.laneOf(1, operator).cumulativeWei, 50, "each by its own");
        assertEq(paymentTwo.laneOf(1, operator).cumulativeWei, 50, "in each");
    }

    /// Read in the other's domain, a signature is somebody's whom nobody knows.
    function expectUnknownSigner(address readBy, address signedFor) internal {
        bytes32 structHash = Debits.hashDebit(someDebit(1, 50), operator);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(CLIENT_KEY, typedDigest(signedFor, block.chainid, structHash));
        address somebody = ecrecover(typedDigest(readBy, block.chainid, structHash), v, r, s);
        vm.expectRevert(abi.encodeWithSelector(SpendingKeys.SpendingKeyUnknown.selector, somebody));
    }
}
