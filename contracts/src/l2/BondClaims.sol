// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { ERC20Burnable } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import { IERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IBondClaims } from "../interfaces/IBondClaims.sol";
import { IRegistry } from "../interfaces/IRegistry.sol";
import { IRouterBond } from "../interfaces/IRouterBond.sol";
import { ISessionPayment } from "../interfaces/ISessionPayment.sol";
import { Checkpoints } from "../libraries/Checkpoints.sol";
import { CreditNotes } from "../libraries/CreditNotes.sol";
import { Offences } from "../libraries/Offences.sol";
import { Receipts } from "../libraries/Receipts.sol";
import { Splits } from "../libraries/Splits.sol";

/// @title BondClaims
contract BondClaims is IBondClaims, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    /// @notice In which the operator pays or answers. As long as a client's way out: debits it holds can be settled meanwhile.
    uint256 public constant CLAIM_SECONDS = 24 hours;
    /// @notice What a claim on a segment puts down: more than the gas of an answer, so that idle claims cost who makes them.
    uint96 public constant DEPOSIT_WEI = 1e18;

    ERC20Burnable public immutable cor;
    IRegistry public immutable registry;
    ISessionPayment public immutable payment;
    IRouterBond public immutable bond;
    /// @inheritdoc IBondClaims
    address public immutable setChallenges;

    mapping(bytes32 id => Claim) internal _claims;
    /// Σ net of the segments that were answered, by the note that their claimants held.
    mapping(bytes32 key => uint256) internal _answeredWei;

    constructor(IRegistry registry_, ISessionPayment payment_, IRouterBond bond_, address setChallenges_) {
        cor = ERC20Burnable(address(payment_.cor()));
        registry = registry_;
        payment = payment_;
        bond = bond_;
        setChallenges = setChallenges_;
    }

    /* OPENING */

    /// @inheritdoc IBondClaims
    function openNoteClaim(SignedNote calldata signed) external nonReentrant returns (bytes32 id) {
        CreditNotes.CreditNote calldata note = signed.note;
        _checkNote(signed, note.operator, note.payee);
        uint96 creditedWei = payment.creditOf(note.operator, note.payee).creditedWei;
        require(creditedWei < note.cumulativeWei, NothingOwed(note.cumulativeWei, creditedWei));
        id = noteClaimId(note.operator, note.payee, note.cumulativeWei);
        Claim storage claim = _open(id, Kind.Note, note.operator, note.payee, note.cumulativeWei);
        emit ClaimOpened(id, note.operator, note.payee, Kind.Note, note.cumulativeWei, claim.finaliseAt, 0, 0, 0);
    }

    /// @inheritdoc IBondClaims
    function openReceiptClaim(
        Receipts.Receipt calldata receipt,
        bytes calldata payees,
        uint256 index,
        Proof calldata proof,
        SignedNote calldata baseline,
        Permit calldata permit
    ) external nonReentrant returns (bytes32 id) {
        _checkRouter(_signerOf(proof, Receipts.hashReceipt(receipt)), receipt.operator);
        Receipts.Payee memory payee = Receipts.payeeAt(receipt, payees, index);
        uint256 dueWei = Splits.netWeiDown(payee.amountWei, Splits.minersBpsOf(receipt.splitsHash));
        CreditNotes.PaidSegment memory paid =
            CreditNotes.PaidSegment(receipt.taskId, payee.replica, payee.segment, dueWei.toUint96());
        id = _openSegment(Kind.Receipt, receipt.operator, payee.miner, paid, baseline);
        _takeDeposit(permit);
    }

    /// @inheritdoc IBondClaims
    function openCheckpointClaim(
        Checkpoints.Assignment calldata assignment,
        Proof calldata assigned,
        Checkpoints.Acknowledgement calldata acknowledgement,
        Proof calldata acknowledged,
        SignedNote calldata baseline,
        Permit calldata permit
    ) external nonReentrant returns (bytes32 id) {
        address signer = _signerOf(assigned, Checkpoints.hashAssignment(assignment));
        address operator = registry.ownerOf(signer);
        _checkRouter(signer, operator);
        _checkRouter(_signerOf(acknowledged, Checkpoints.hashAcknowledgement(acknowledgement)), operator);
        uint256 feeWei = Checkpoints.acknowledgedWei(assignment, acknowledgement);
        CreditNotes.PaidSegment memory paid = CreditNotes.PaidSegment(
            assignment.taskId,
            assignment.replica,
            assignment.segment,
            Splits.netWeiDown(feeWei, Splits.MINERS_BPS_MIN).toUint96()
        );
        id = _openSegment(Kind.Checkpoint, operator, assignment.miner, paid, baseline);
        _takeDeposit(permit);
    }

    /* ANSWERING */

    /// @inheritdoc IBondClaims
    function answer(
        bytes32 id,
        SignedNote calldata signed,
        CreditNotes.PaidSegment calldata paid,
        bytes32[] calldata path
    ) external nonReentrant {
        Claim storage claim = _claims[id];
        require(claim.kind == Kind.Receipt || claim.kind == Kind.Checkpoint, NotAnswerable(id));
        require(block.timestamp < claim.finaliseAt, AnswerTooLate(claim.finaliseAt));
        CreditNotes.CreditNote calldata note = signed.note;
        _checkNote(signed, claim.operator, claim.payee);
        bytes32 shown = segmentClaimId(claim.operator, claim.payee, paid.taskId, paid.replica, paid.segment);
        require(shown == id, SegmentForeign(id, shown));
        require(paid.netWei >= claim.dueWei, SegmentTooLow(paid.netWei, claim.dueWei));
        require(CreditNotes.covers(note, paid, path), SegmentAbsent(note.receiptsRoot));
        if (CreditNotes.hashNote(note) != claim.baseline) {
            bytes32 key = keccak256(abi.encode(claim.operator, claim.payee, claim.baseline));
            uint256 answeredWei = _answeredWei[key] + paid.netWei;
            uint256 neededWei = claim.baselineWei + answeredWei;
            require(note.cumulativeWei >= neededWei, NoteTooLow(note.cumulativeWei, neededWei));
            _answeredWei[key] = answeredWei;
        }
        claim.kind = Kind.Note;
        claim.answered = true;
        claim.dueWei = note.cumulativeWei;
        emit ClaimAnswered(id, note, paid, signed.proof);
    }

    /* FINALISING */

    /// @inheritdoc IBondClaims
    function finalise(bytes32 id) external nonReentrant returns (uint256 paidWei) {
        Claim storage claim = _claims[id];
        require(claim.kind != Kind.None, ClaimUnknown(id));
        require(!claim.closed, ClaimIsClosed(id));
        require(block.timestamp >= claim.finaliseAt, ClaimTooEarly(claim.finaliseAt));
        address operator = claim.operator;
        (address lane, uint96 fromWei, uint256 owedWei) = _owed(claim);
        uint256 heldWei = _heldWei(operator);
        paidWei = Math.min(owedWei, heldWei);
        require(owedWei == 0 || paidWei != 0, BondEmpty(operator));

        claim.paidWei += paidWei.toUint96();
        emit Claimed(id, operator, claim.payee, paidWei, owedWei - paidWei);
        bool closes = paidWei == owedWei;
        if (closes) {
            claim.closed = true;
            emit ClaimClosed(id, operator, claim.paidWei);
        }

        if (paidWei != 0) {
            _slash(operator, paidWei);
            IERC20(cor).forceApprove(address(payment), paidWei);
            payment.raiseCredit(lane, claim.payee, fromWei + paidWei.toUint96());
        }
        if (closes) _close(claim, heldWei - paidWei);
    }

    /// @inheritdoc IBondClaims
    function slashWithheld(address operator, address finder) external nonReentrant returns (uint256 takenWei) {
        require(msg.sender == setChallenges, NotSetChallenges(msg.sender));
        takenWei = _punish(Offences.Offence.SetWithheld, operator, 0, _heldWei(operator), finder, address(0));
    }

    /* VIEWS */

    /// @inheritdoc IBondClaims
    function claimOf(bytes32 id) external view returns (Claim memory) {
        return _claims[id];
    }

    /// @inheritdoc IBondClaims
    function noteClaimId(address operator, address payee, uint96 cumulativeWei) public pure returns (bytes32) {
        return keccak256(abi.encode(operator, payee, cumulativeWei));
    }

    /// @inheritdoc IBondClaims
    function segmentClaimId(address operator, address payee, bytes32 taskId, uint8 replica, uint16 segment)
        public
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(operator, payee, taskId, replica, segment));
    }

    /* INTERNAL */

    function _open(bytes32 id, Kind kind, address operator, address payee, uint96 dueWei)
        internal
        returns (Claim storage claim)
    {
        require(msg.sender == payee || msg.sender == registry.ownerOf(payee), NotPayee(msg.sender, payee));
        claim = _claims[id];
        require(claim.kind == Kind.None, ClaimExists(id));
        claim.kind = kind;
        claim.operator = operator;
        claim.payee = payee;
        claim.claimant = msg.sender;
        claim.dueWei = dueWei;
        claim.finaliseAt = (block.timestamp + CLAIM_SECONDS).toUint64();
    }

    function _openSegment(
        Kind kind,
        address operator,
        address payee,
        CreditNotes.PaidSegment memory paid,
        SignedNote calldata baseline
    ) internal returns (bytes32 id) {
        require(paid.netWei != 0, NothingOwed(0, 0));
        id = segmentClaimId(operator, payee, paid.taskId, paid.replica, paid.segment);
        Claim storage claim = _open(id, kind, operator, payee, paid.netWei);
        claim.depositWei = DEPOSIT_WEI;
        if (baseline.note.operator != address(0)) {
            _checkNote(baseline, operator, payee);
            claim.baseline = CreditNotes.hashNote(baseline.note);
            claim.baselineWei = baseline.note.cumulativeWei;
        }
        emit ClaimOpened(
            id, operator, payee, kind, paid.netWei, claim.finaliseAt, paid.taskId, paid.replica, paid.segment
        );
    }

    function _takeDeposit(Permit calldata permit) internal {
        if (permit.deadline != 0) {
            // Anyone may have spent the permit first: what counts is the allowance, which the transfer checks.
            try IERC20Permit(address(cor))
                .permit(msg.sender, address(this), DEPOSIT_WEI, permit.deadline, permit.v, permit.r, permit.s) { }
                catch { }
        }
        uint256 before = cor.balanceOf(address(this));
        IERC20(cor).safeTransferFrom(msg.sender, address(this), DEPOSIT_WEI);
        uint256 receivedWei = cor.balanceOf(address(this)) - before;
        require(receivedWei == DEPOSIT_WEI, ReceivedOther(receivedWei, DEPOSIT_WEI));
    }

    /// What a claim is still owed, and the counter that it is paid into: whose lane, and how far it goes now.
    function _owed(Claim storage claim) internal view returns (address lane, uint96 fromWei, uint256 owedWei) {
        if (claim.kind == Kind.Note) {
            lane = claim.operator;
            fromWei = payment.creditOf(lane, claim.payee).creditedWei;
            owedWei = claim.dueWei > fromWei ? claim.dueWei - fromWei : 0;
        } else {
            lane = address(this);
            fromWei = payment.creditOf(lane, claim.payee).creditedWei;
            owedWei = claim.dueWei - claim.paidWei;
        }
    }

    /// The penalty, as far as the bond reaches, and the deposit: the operator's if it answered and its note was paid without
    /// the bond, else the claimant's.
    function _close(Claim storage claim, uint256 heldWei) internal {
        if (claim.paidWei != 0) {
            Offences.Offence offence =
                claim.kind == Kind.Checkpoint ? Offences.Offence.CheckpointUnpaid : Offences.Offence.ReceiptUnpaid;
            _punish(offence, claim.operator, claim.paidWei, heldWei, claim.claimant, claim.payee);
        }
        if (claim.depositWei == 0) return;
        address to = claim.answered && claim.paidWei == 0 ? claim.operator : claim.claimant;
        IERC20(cor).safeTransfer(to, claim.depositWei);
    }

    function _punish(
        Offences.Offence offence,
        address operator,
        uint256 causeWei,
        uint256 heldWei,
        address finder,
        address harmed
    ) internal returns (uint256 takenWei) {
        takenWei = Math.min(Offences.penaltyWeiUp(offence, causeWei, heldWei), heldWei);
        if (takenWei == 0) return 0;
        _slash(operator, takenWei);
        Offences.distribute(cor, offence, takenWei, finder, harmed);
    }

    function _heldWei(address operator) internal view returns (uint256) {
        IRouterBond.Bond memory held = bond.bondOf(operator);
        return uint256(held.bondWei) + held.exitingWei;
    }

    /// Takes exactly `amountWei`, which the bond holds.
    function _slash(address operator, uint256 amountWei) internal {
        uint256 takenWei = bond.slash(operator, amountWei, address(this));
        require(takenWei == amountWei, BondMoved(takenWei, amountWei));
    }

    function _signerOf(Proof calldata proof, bytes32 structHash) internal view returns (address) {
        return registry.signerOfLeaf(proof.batch, proof.signature, structHash, proof.path);
    }

    function _checkRouter(address signer, address operator) internal view {
        require(registry.wasRouterOf(signer, operator), NotRouter(signer, operator));
    }

    function _checkNote(SignedNote calldata signed, address operator, address payee) internal view {
        CreditNotes.CreditNote calldata note = signed.note;
        require(note.operator == operator && note.payee == payee, NoteForeign(note.operator, note.payee));
        _checkRouter(_signerOf(signed.proof, CreditNotes.hashNote(note)), operator);
    }
}
