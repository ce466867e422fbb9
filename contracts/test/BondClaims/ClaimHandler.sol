// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Cor } from "../../src/l1/Cor.sol";
import { Registry } from "../../src/l1/Registry.sol";
import { BondClaims } from "../../src/l2/BondClaims.sol";
import { RouterBond } from "../../src/l2/RouterBond.sol";
import { SessionPayment } from "../../src/l2/SessionPayment.sol";
import { IBondClaims } from "../../src/interfaces/IBondClaims.sol";
import { IRouterBond } from "../../src/interfaces/IRouterBond.sol";
import { Batches } from "../../src/libraries/Batches.sol";
import { CreditNotes } from "../../src/libraries/CreditNotes.sol";
import { Receipts } from "../../src/libraries/Receipts.sol";
import { Splits } from "../../src/libraries/Splits.sol";
import { Assertions } from "../support/Assertions.sol";

/// Two bonded operators and two payees of both, who promise, claim, answer, pay, leave, wait and donate, within the rules.
contract ClaimHandler is Assertions {
    uint256 public constant OPERATORS = 2;
    uint256 public constant PAYEES = 2;
    uint256 internal constant TASKS = 6;
    /// Bounds what an invariant looks at.
    uint256 internal constant CLAIMS_MAX = 16;
    uint96 internal constant STEP_WEI_MAX = 1e20;
    uint256 internal constant ROUTER_KEY_BASE = 0x4000;
    uint256 internal constant PAYEE_KEY_BASE = 0x3000;

    struct Parts {
        Cor cor;
        Registry registry;
        SessionPayment payment;
        RouterBond bond;
        BondClaims claims;
    }

    struct Segment {
        address operator;
        address payee;
        CreditNotes.PaidSegment paid;
    }

    Cor internal immutable _cor;
    Registry internal immutable _registry;
    SessionPayment internal immutable _payment;
    RouterBond internal immutable _bond;
    BondClaims internal immutable _claims;

    bytes32[] public ids;
    /// What a claim may pay at most, as it was opened.
    mapping(bytes32 id => uint256) public openedWei;
    mapping(bytes32 id => Segment) internal _segments;
    /// 1 open, 2 answered, 3 closed: the furthest that a claim was seen to be.
    mapping(bytes32 id => uint256) public reached;
    /// The highest of notes that were claimed or shown, and of what was paid in.
    mapping(address operator => mapping(address payee => uint256)) public highestWei;
    mapping(address operator => uint256) public bondedWei;
    mapping(address operator => uint256) public leftWei;
    uint256 public paidWei;
    uint256 public donatedWei;
    uint256 public answers;

    constructor(Parts memory parts) {
        (_cor, _registry, _payment) = (parts.cor, parts.registry, parts.payment);
        (_bond, _claims) = (parts.bond, parts.claims);
        _cor.approve(address(_payment), type(uint256).max);
        _cor.approve(address(_bond), type(uint256).max);
    }

    function operatorAt(uint256 index) public pure returns (address) {
        return address(uint160(0x0BE7A0 + index));
    }

    function routerKeyAt(uint256 index) public pure returns (uint256) {
        return ROUTER_KEY_BASE + index;
    }

    function payeeAt(uint256 index) public pure returns (address) {
        return vm.addr(PAYEE_KEY_BASE + index);
    }

    function claimCount() external view returns (uint256) {
        return ids.length;
    }

    /* ACTIONS */

    function bondMore(uint256 operatorSeed, uint256 amountWei) external {
        address operator = someOperator(operatorSeed);
        amountWei = bound(amountWei, 1, STEP_WEI_MAX);
        _bond.deposit(operator, amountWei);
        bondedWei[operator] += amountWei;
    }

    function leaveBond(uint256 operatorSeed, uint256 amountWei) external {
        address operator = someOperator(operatorSeed);
        uint256 activeWei = _bond.bondOf(operator).bondWei;
        if (activeWei == 0) return;
        amountWei = bound(amountWei, 1, activeWei);
        vm.prank(operator);
        _bond.requestExit(amountWei);
    }

    function withdrawBond(uint256 operatorSeed) external {
        address operator = someOperator(operatorSeed);
        IRouterBond.Bond memory held = _bond.bondOf(operator);
        if (held.exitingWei == 0 || held.exitAt > vm.getBlockTimestamp()) return;
        vm.prank(operator);
        leftWei[operator] += _bond.withdraw(operator);
    }

    function raiseCredit(uint256 operatorSeed, uint256 payeeSeed, uint256 stepWei) external {
        (address operator, address payee) = (someOperator(operatorSeed), somePayee(payeeSeed));
        uint96 toWei = _payment.creditOf(operator, payee).creditedWei + uint96(bound(stepWei, 1, STEP_WEI_MAX));
        _payment.raiseCredit(operator, payee, toWei);
        _highest(operator, payee, toWei);
    }

    function claimNote(uint256 operatorSeed, uint256 payeeSeed, uint256 stepWei) external {
        if (ids.length == CLAIMS_MAX) return;
        uint256 index = bound(operatorSeed, 0, OPERATORS - 1);
        (address operator, address payee) = (operatorAt(index), somePayee(payeeSeed));
        uint96 toWei = _payment.creditOf(operator, payee).creditedWei + uint96(bound(stepWei, 1, STEP_WEI_MAX));
        if (_claims.claimOf(_claims.noteClaimId(operator, payee, toWei)).kind != IBondClaims.Kind.None) return;
        IBondClaims.SignedNote memory signed = signNote(index, payee, toWei, bytes32(uint256(toWei)));
        vm.prank(payee);
        bytes32 id = _claims.openNoteClaim(signed);
        _opened(id, toWei);
        _highest(operator, payee, toWei);
    }

    function claimSegment(uint256 operatorSeed, uint256 payeeSeed, uint256 taskSeed, uint256 amountWei) external {
        if (ids.length == CLAIMS_MAX) return;
        uint256 index = bound(operatorSeed, 0, OPERATORS - 1);
        (address operator, address payee) = (operatorAt(index), somePayee(payeeSeed));
        bytes32 taskId = bytes32(bound(taskSeed, 1, TASKS));
        bytes32 id = _claims.segmentClaimId(operator, payee, taskId, 0, 0);
        amountWei = bound(amountWei, 2, STEP_WEI_MAX);
        uint96 netWei = uint96(amountWei * 9_200 / 10_000);
        bytes memory payees = abi.encodePacked(payee, uint8(0), uint16(0), uint32(0), uint32(1), uint96(amountWei));
        Receipts.Receipt memory receipt;
        receipt.taskId = taskId;
        receipt.operator = operator;
        receipt.payeesHash = keccak256(payees);
        receipt.splitsHash = Splits.hashShares(Splits.sharesOf(false, false));
        IBondClaims.Proof memory proof = proofBy(routerKeyAt(index), Receipts.hashReceipt(receipt));
        IBondClaims.SignedNote memory none;
        IBondClaims.Permit memory permit;
        bool isNew = _claims.claimOf(id).kind == IBondClaims.Kind.None;
        vm.prank(payee);
        try _claims.openReceiptClaim(receipt, payees, 0, proof, none, permit) {
            assertTrue(isNew, "a segment is claimed once");
            _opened(id, netWei);
            _segments[id] = Segment(operator, payee, CreditNotes.PaidSegment(taskId, 0, 0, netWei));
        } catch {
            assertTrue(!isNew, "and only then refused");
        }
    }

    function answer(uint256 claimSeed, uint256 stepWei) external {
        if (ids.length == 0) return;
        bytes32 id = ids[bound(claimSeed, 0, ids.length - 1)];
        IBondClaims.Claim memory claim = _claims.claimOf(id);
        if (claim.kind != IBondClaims.Kind.Receipt || claim.finaliseAt <= vm.getBlockTimestamp()) return;
        Segment memory segment = _segments[id];
        // Far enough for every segment that was answered before.
        uint96 toWei = uint96(highestWei[claim.operator][claim.payee] + segment.paid.netWei);
        toWei += uint96(TASKS) * STEP_WEI_MAX + uint96(bound(stepWei, 0, STEP_WEI_MAX));
        uint256 index = claim.operator == operatorAt(0) ? 0 : 1;
        bytes32 root = keccak256(abi.encode(CreditNotes.hashSegment(segment.paid)));
        IBondClaims.SignedNote memory signed = signNote(index, claim.payee, toWei, root);
        _claims.answer(id, signed, segment.paid, new bytes32[](0));
        openedWei[id] = toWei;
        answers += 1;
        _highest(claim.operator, claim.payee, toWei);
    }

    function finalise(uint256 claimSeed) external {
        if (ids.length == 0) return;
        bytes32 id = ids[bound(claimSeed, 0, ids.length - 1)];
        IBondClaims.Claim memory claim = _claims.claimOf(id);
        if (claim.closed || claim.finaliseAt > vm.getBlockTimestamp()) return;
        IRouterBond.Bond memory held = _bond.bondOf(claim.operator);
        uint256 creditedWei = _payment.creditOf(claim.operator, claim.payee).creditedWei;
        bool isOwed = claim.kind != IBondClaims.Kind.Note || creditedWei < claim.dueWei;
        if (isOwed && held.bondWei + held.exitingWei == 0) return;
        paidWei += _claims.finalise(id);
    }

    function withdraw(uint256 operatorSeed, uint256 payeeSeed) external {
        address payee = somePayee(payeeSeed);
        address[] memory lanes = new address[](2);
        (lanes[0], lanes[1]) = (someOperator(operatorSeed), address(_claims));
        vm.prank(payee);
        try _payment.withdraw(payee, lanes, payee) { } catch { }
    }

    function donate(uint256 amountWei) external {
        amountWei = bound(amountWei, 0, 1e18);
        _cor.transfer(address(_claims), amountWei);
        donatedWei += amountWei;
    }

    function wait_(uint256 seconds_) external {
        vm.warp(vm.getBlockTimestamp() + bound(seconds_, 1, 30 hours));
    }

    /// Notes how far each claim has come, and that none went back.
    function look() external {
        for (uint256 i = 0; i < ids.length; ++i) {
            IBondClaims.Claim memory claim = _claims.claimOf(ids[i]);
            uint256 at = claim.closed ? 3 : claim.answered ? 2 : 1;
            assertTrue(at >= reached[ids[i]], "only forward");
            reached[ids[i]] = at;
        }
    }

    /* PARTS */

    function someOperator(uint256 seed) internal pure returns (address) {
        return operatorAt(bound(seed, 0, OPERATORS - 1));
    }

    function somePayee(uint256 seed) internal pure returns (address) {
        return payeeAt(bound(seed, 0, PAYEES - 1));
    }

    function _opened(bytes32 id, uint256 amountWei) internal {
        ids.push(id);
        openedWei[id] = amountWei;
        reached[id] = 1;
    }

    function _highest(address operator, address payee, uint256 toWei) internal {
        if (toWei > highestWei[operator][payee]) highestWei[operator][payee] = toWei;
    }

    function signNote(uint256 index, address payee, uint96 cumulativeWei, bytes32 root)
        internal
        view
        returns (IBondClaims.SignedNote memory signed)
    {
        signed.note = CreditNotes.CreditNote(operatorAt(index), payee, cumulativeWei, root, 1, 0);
        signed.proof = proofBy(routerKeyAt(index), CreditNotes.hashNote(signed.note));
    }

    function proofBy(uint256 key, bytes32 structHash) internal view returns (IBondClaims.Proof memory proof) {
        proof.batch = Batches.Batch({ root: keccak256(abi.encode(structHash)), count: 1, sequence: 1 });
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _registry.batchDigest(proof.batch));
        proof.signature = abi.encodePacked(r, s, v);
    }
}
