// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { ERC20Burnable } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { IBondClaims } from "../../src/interfaces/IBondClaims.sol";
import { IRegistry } from "../../src/interfaces/IRegistry.sol";
import { Batches } from "../../src/libraries/Batches.sol";
import { CreditNotes } from "../../src/libraries/CreditNotes.sol";
import { BondClaims } from "../../src/l2/BondClaims.sol";
import { RouterBond } from "../../src/l2/RouterBond.sol";
import { SessionPayment } from "../../src/l2/SessionPayment.sol";
import { ClaimsNetwork } from "./ClaimsNetwork.sol";

/// A token that tells one receiver of what it gets.
contract TellingCoin is ERC20Burnable {
    ReentrantClaimant public listener;

    constructor() ERC20("Telling", "TELL") {
        _mint(msg.sender, 1_000);
    }

    function tell(ReentrantClaimant listener_) external {
        listener = listener_;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (to != address(0) && to == address(listener)) listener.received();
    }
}

/// A payee that finalises its claim again from within its own payment.
contract ReentrantClaimant {
    BondClaims internal immutable _claims;
    bytes32 internal _id;
    bytes4 public refusal;

    constructor(BondClaims claims) {
        _claims = claims;
    }

    function open(IBondClaims.SignedNote calldata signed) external returns (bytes32) {
        _id = _claims.openNoteClaim(signed);
        return _id;
    }

    function received() external {
        try _claims.finalise(_id) { }
        catch (bytes memory reason) {
            refusal = bytes4(reason);
        }
    }
}

contract NoteClaimsTest is ClaimsNetwork {
    /* OPENING */

    function test_RevertWhen_ThePayeeDoesNotClaim() public {
        IBondClaims.SignedNote memory signed = signedNote(10);
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NotPayee.selector, stranger, worker));
        vm.prank(stranger);
        bondClaims.openNoteClaim(signed);
    }

    function test_TakesTheClaimFromTheOperatorOfThePayeesNode() public {
        registerNode(MINER_KEY, stranger, 2);
        IBondClaims.SignedNote memory signed = signedNote(10);
        vm.prank(stranger);
        bytes32 id = bondClaims.openNoteClaim(signed);
        assertEq(bondClaims.claimOf(id).claimant, stranger, "claimant");
    }

    function test_RevertWhen_TheNoteIsNotOfARouterOfTheOperator() public {
        address foreign = registerNode(0xBAD, stranger, 1);
        CreditNotes.CreditNote memory note = noteOf(10, 0);
        IBondClaims.SignedNote memory signed = IBondClaims.SignedNote(note, proofBy(0xBAD, CreditNotes.hashNote(note)));
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NotRouter.selector, foreign, operator));
        openNote(signed);
    }

    /// An operator can't dodge a claim by taking its router away.
    function test_HoldsAnOperatorToWhatItsRouterSignedAlsoAfterThatLeft() public {
        vm.prank(operator);
        registry.update(router, someDetails(2));
        vm.prank(operator);
        registry.leave(router);
        bytes32 id = openNote(signedNote(10));
        passDay();
        assertEq(bondClaims.finalise(id), 10, "paid");
    }

    function test_RevertWhen_TheNoteIsNotInTheBatch() public {
        IBondClaims.SignedNote memory signed = signedNote(10);
        signed.note.cumulativeWei = 11;
        vm.expectRevert(
            abi.encodeWithSelector(
                IRegistry.LeafAbsent.selector, signed.proof.batch.root, CreditNotes.hashNote(signed.note)
            )
        );
        openNote(signed);
    }

    function test_RevertWhen_TheBatchIsSignedForAnotherChain() public {
        IBondClaims.SignedNote memory signed = signedNote(10);
        bytes32 digest = typedDigest(address(registry), block.chainid + 1, Batches.hashBatch(signed.proof.batch));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(ROUTER_KEY, digest);
        signed.proof.signature = abi.encodePacked(r, s, v);
        address recovered = ECDSA.recover(registry.batchDigest(signed.proof.batch), signed.proof.signature);
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NotRouter.selector, recovered, operator));
        openNote(signed);
    }

    function test_RevertWhen_TheSignatureIsMalleable() public {
        IBondClaims.SignedNote memory signed = signedNote(10);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(ROUTER_KEY, registry.batchDigest(signed.proof.batch));
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        bytes32 flipped = bytes32(order - uint256(s));
        signed.proof.signature = abi.encodePacked(r, flipped, v == 27 ? 28 : 27);
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, flipped));
        openNote(signed);
    }

    function test_RevertWhen_TheCounterIsThereAlready() public {
        cor.approve(address(payment), 10);
        payment.raiseCredit(operator, worker, 10);
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NothingOwed.selector, 10, 10));
        openNote(signedNote(10));
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NothingOwed.selector, 0, 10));
        openNote(signedNote(0));
    }

    function test_RevertWhen_ClaimedTwice() public {
        bytes32 id = openNote(signedNote(10));
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.ClaimExists.selector, id));
        openNote(signedNote(10));
    }

    /* FINALISING */

    function test_RevertWhen_FinalisedTooEarlyOrTwiceOrUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.ClaimUnknown.selector, bytes32("none")));
        bondClaims.finalise(bytes32("none"));
        bytes32 id = openNote(signedNote(10));
        uint256 finaliseAt = block.timestamp + 24 hours;
        vm.warp(finaliseAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.ClaimTooEarly.selector, finaliseAt));
        bondClaims.finalise(id);
        vm.warp(finaliseAt);
        bondClaims.finalise(id);
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.ClaimIsClosed.selector, id));
        bondClaims.finalise(id);
    }

    /// The table of offences: as much again as the unpaid amount, 20 % to the finder, 30 % to the harmed, the rest burned.
    function testFuzz_PaysWhatTheCounterLacksAndThePenalty(uint96 creditedWei, uint96 promisedWei) public {
        creditedWei = uint96(bound(creditedWei, 0, 100e18));
        promisedWei = uint96(bound(promisedWei, uint256(creditedWei) + 1, uint256(creditedWei) + BOND / 2));
        if (creditedWei != 0) {
            cor.approve(address(payment), creditedWei);
            payment.raiseCredit(operator, worker, creditedWei);
        }
        uint256 owedWei = promisedWei - creditedWei;
        bytes32 id = openNote(signedNote(promisedWei));
        passDay();
        uint256 supplyWei = cor.totalSupply();
        uint256 heldWei = cor.balanceOf(worker);
        expectEvent(address(bondClaims));
        emit IBondClaims.Claimed(id, operator, worker, owedWei, 0);
        vm.prank(stranger);
        assertEq(bondClaims.finalise(id), owedWei, "paid");
        assertEq(creditedTo(operator, worker), promisedWei, "the counter goes as far as the note");
        assertEq(bondHeld(), BOND - 2 * owedWei, "bond");
        uint256 toFinder = owedWei * 2_000 / 10_000;
        uint256 toHarmed = owedWei * 3_000 / 10_000;
        assertEq(cor.balanceOf(worker) - heldWei, toFinder + toHarmed, "who found it was harmed by it");
        assertEq(supplyWei - cor.totalSupply(), owedWei - toFinder - toHarmed, "burned");
        assertEq(cor.balanceOf(address(bondClaims)), 0, "nothing stays");
    }

    function test_PaysNothingWhenTheOperatorSettledMeanwhile() public {
        uint32 account = fundedSession(100);
        bytes32 id = openNote(signedNote(10));
        settle(clientDebit(account, 12), credit(worker, 10));
        passDay();
        expectEvent(address(bondClaims));
        emit IBondClaims.ClaimClosed(id, operator, 0);
        assertEq(bondClaims.finalise(id), 0, "nothing");
        assertEq(bondHeld(), BOND, "bond");
    }

    function test_ASettlementAfterAClaimPaysNothingAgain() public {
        uint32 account = fundedSession(100);
        bytes32 id = openNote(signedNote(10));
        passDay();
        bondClaims.finalise(id);
        settle(clientDebit(account, 12), credit(worker, 10));
        assertEq(creditedTo(operator, worker), 10, "once");
        assertEq(earnedBy(operator), 12, "the debit is the operator's");
    }

    function test_PaysTwoNotesNoMoreThanTheHigher() public {
        bytes32 low = openNote(signedNote(10));
        bytes32 high = openNote(signedNote(25));
        passDay();
        assertEq(bondClaims.finalise(high), 25, "all of it");
        assertEq(bondClaims.finalise(low), 0, "nothing more");
        assertEq(creditedTo(operator, worker), 25, "credited");
    }

    function test_PaysWhatABondTooSmallHoldsAndTheRestWhenItHasGrown() public {
        bytes32 id = openNote(signedNote(BOND + 5));
        passDay();
        assertEq(bondClaims.finalise(id), BOND, "all there is");
        assertEq(bondHeld(), 0, "nothing is left for a penalty");
        assertTrue(!bondClaims.claimOf(id).closed, "still open");
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.BondEmpty.selector, operator));
        bondClaims.finalise(id);
        cor.approve(address(bond), 8);
        bond.deposit(operator, 8);
        assertEq(bondClaims.finalise(id), 5, "the rest");
        assertEq(creditedTo(operator, worker), uint256(BOND) + 5, "credited");
        assertEq(bondHeld(), 0, "what was left went to the penalty");
        assertTrue(bondClaims.claimOf(id).closed, "closed");
    }

    function test_TakesAlsoWhatIsOnItsWayOut() public {
        vm.prank(operator);
        bond.requestExit(BOND);
        bytes32 id = openNote(signedNote(10));
        passDay();
        assertEq(bondClaims.finalise(id), 10, "paid");
        assertEq(bondHeld(), BOND - 20, "from the exit");
    }

    function test_PaysAsFarAsItGoesOnTheLargestNoteThereCanBe() public {
        bytes32 id = openNote(signedNote(type(uint96).max));
        passDay();
        assertEq(bondClaims.finalise(id), BOND, "the bond");
        assertEq(creditedTo(operator, worker), BOND, "credited");
    }

    function test_PaysAPayeeThatCallsBackOnce() public {
        TellingCoin token = new TellingCoin();
        payment = new SessionPayment(partsWith(token));
        bond = new RouterBond(token, owner);
        bondClaims = new BondClaims(registry, payment, bond, address(challenges));
        vm.prank(owner);
        bond.proposeSlasher(address(bondClaims));
        token.approve(address(bond), 500);
        bond.deposit(operator, 500);
        ReentrantClaimant payee = new ReentrantClaimant(bondClaims);
        token.tell(payee);
        CreditNotes.CreditNote memory note = noteOf(100, 0);
        note.payee = address(payee);
        bytes32 id = payee.open(signNote(note));
        passDay();
        bondClaims.finalise(id);
        assertEq(creditedTo(operator, address(payee)), 100, "credited once");
        assertEq(token.balanceOf(address(payee)), 50, "and the penalty's shares");
        assertEq(bondHeld(), 300, "the rest of the bond is there");
        assertEq(
            bytes32(payee.refusal()),
            bytes32(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector),
            "the call back was refused"
        );
    }

    /* WITHHELD SETS */

    function test_RevertWhen_AnybodyElseHasAWithheldSetPunished() public {
        vm.expectRevert(abi.encodeWithSelector(IBondClaims.NotSetChallenges.selector, owner));
        vm.prank(owner);
        bondClaims.slashWithheld(operator, owner);
    }

    function test_TakesATenthOfTheBondForAWithheldSet() public {
        uint256 supplyWei = cor.totalSupply();
        vm.prank(address(challenges));
        assertEq(bondClaims.slashWithheld(operator, stranger), BOND / 10, "a tenth");
        assertEq(cor.balanceOf(stranger), BOND / 50, "a fifth of that to the finder");
        assertEq(supplyWei - cor.totalSupply(), BOND / 10 - BOND / 50, "the rest is burned");
        vm.prank(address(challenges));
        assertEq(bondClaims.slashWithheld(stranger, stranger), 0, "nothing where there is no bond");
    }
}
