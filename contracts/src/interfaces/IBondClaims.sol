// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Batches } from "../libraries/Batches.sol";
import { Checkpoints } from "../libraries/Checkpoints.sol";
import { CreditNotes } from "../libraries/CreditNotes.sol";
import { Receipts } from "../libraries/Receipts.sol";

/// @title IBondClaims
/// @notice The force path of a payee: what a router promised and doesn't pay comes out of its operator's bond.
/// @dev Nobody owns this contract. It is the slasher of `RouterBond`. A claim waits 24 hours, in which the operator pays or
/// answers; then anyone may finalise it, and the payee withdraws from `SessionPayment`.
///
/// Two kinds of promise, two counters, so that neither hides the other:
/// - a *note* says how far the payee's counter in the operator's lane goes. A claim on one raises that counter, so that a
///   settlement, which raises the same one, never pays it again;
/// - a *receipt* or an *acknowledged checkpoint* says what one segment pays. A claim on one is credited in the lane of this
///   contract's own address, where no settlement ever comes, at most once for each (task, replica, segment, payee).
///
/// The operator answers a claim on a segment by showing it under a note. The claim then stands on that note, with the same
/// deadline. A note is no answer unless it goes as far as the note that the claimant holds (`baseline`) plus every segment that
/// was answered so: else one wei of promise could answer for many segments.
///
/// Warning to operators: a segment that was paid by a claim must not enter a later note, or it is paid twice. That is the
/// operator's loss alone, and no more than the segment: `Claimed` says which. Before the deadline it can answer instead.
/// Warning to payees: claims on one bond are paid in the order in which they are finalised, as far as it reaches. What is left
/// of a claim stays claimable.
interface IBondClaims {
    enum Kind {
        None,
        Note,
        Receipt,
        Checkpoint
    }

    struct Claim {
        Kind kind;
        /// What the deposit waits for: an operator answered, and its note is to be paid.
        bool answered;
        address operator;
        address payee;
        /// Who opened it: has the deposit back, and the finder's share, when it is paid from the bond.
        address claimant;
        /// From when (inclusive) it may be finalised.
        uint64 finaliseAt;
        /// Of a note: how far the counter must go. Else: what the segment pays.
        uint96 dueWei;
        /// Paid from the bond so far.
        uint96 paidWei;
        uint96 depositWei;
        /// Nothing more can come of it.
        bool closed;
        /// The note that the claimant held, as `CreditNotes.hashNote`; zero when none.
        bytes32 baseline;
        uint96 baselineWei;
    }

    /// A leaf's place in a router's signed batch.
    struct Proof {
        Batches.Batch batch;
        bytes signature;
        bytes32[] path;
    }

    /// A note and its place. All zero for none.
    struct SignedNote {
        CreditNotes.CreditNote note;
        Proof proof;
    }

    /// An ERC-2612 permit of the caller for the deposit. `deadline` 0 for none.
    struct Permit {
        uint256 deadline;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    event ClaimOpened(
        bytes32 indexed id,
        address indexed operator,
        address indexed payee,
        Kind kind,
        uint256 dueWei,
        uint256 finaliseAt,
        bytes32 taskId,
        uint8 replica,
        uint16 segment
    );
    /// The note is given in full: it is the payee's from now on, whether or not it was handed over.
    event ClaimAnswered(bytes32 indexed id, CreditNotes.CreditNote note, CreditNotes.PaidSegment paid, Proof proof);
    event Claimed(
        bytes32 indexed id, address indexed operator, address indexed payee, uint256 paidWei, uint256 leftWei
    );
    event ClaimClosed(bytes32 indexed id, address indexed operator, uint256 paidWei);

    error ClaimExists(bytes32 id);
    error ClaimUnknown(bytes32 id);
    error ClaimIsClosed(bytes32 id);
    error ClaimTooEarly(uint256 finaliseAt);
    error AnswerTooLate(uint256 finaliseAt);
    error NotAnswerable(bytes32 id);
    error NotPayee(address caller, address payee);
    error NotRouter(address signer, address operator);
    error NothingOwed(uint256 promisedWei, uint256 creditedWei);
    error BondEmpty(address operator);
    error BondMoved(uint256 takenWei, uint256 expectedWei);
    error NoteForeign(address operator, address payee);
    error NoteTooLow(uint256 cumulativeWei, uint256 neededWei);
    error SegmentForeign(bytes32 id, bytes32 shown);
    error SegmentAbsent(bytes32 receiptsRoot);
    error SegmentTooLow(uint256 netWei, uint256 dueWei);
    error ReceivedOther(uint256 receivedWei, uint256 expectedWei);
    error NotSetChallenges(address caller);

    /// @notice Claims what a note promises beyond what the payee's counter in the operator's lane says. Only the payee, or the
    /// registered operator of its node, as for every claim. No deposit.
    function openNoteClaim(SignedNote calldata signed) external returns (bytes32 id);

    /// @notice Claims what a receipt promises one payee, net of the splits that it names.
    /// @param payees All of the receipt's, packed as `Receipts` says. `index` counts them from 0.
    /// @param baseline The latest note that the payee holds, if any: an answer must go beyond it, or be it.
    function openReceiptClaim(
        Receipts.Receipt calldata receipt,
        bytes calldata payees,
        uint256 index,
        Proof calldata proof,
        SignedNote calldata baseline,
        Permit calldata permit
    ) external returns (bytes32 id);

    /// @notice Claims the output tokens of a segment that a router assigned and acknowledged, at the assignment's price, net of
    /// the splits that leave miners least: a checkpoint does not say which hold.
    function openCheckpointClaim(
        Checkpoints.Assignment calldata assignment,
        Proof calldata assigned,
        Checkpoints.Acknowledgement calldata acknowledgement,
        Proof calldata acknowledged,
        SignedNote calldata baseline,
        Permit calldata permit
    ) external returns (bytes32 id);

    /// @notice Answers a claim on a segment: shows it under a note of the same operator and payee, with at least as much as is
    /// claimed. The claim stands on that note from then on. Anyone, before the deadline.
    function answer(
        bytes32 id,
        SignedNote calldata signed,
        CreditNotes.PaidSegment calldata paid,
        bytes32[] calldata path
    ) external;

    /// @notice Pays a claim from the bond, as far as it reaches, and closes it once it is paid. Anyone, from the deadline on
    /// (inclusive); again when the bond was too small and has grown.
    function finalise(bytes32 id) external returns (uint256 paidWei);

    /// @notice Takes the penalty for a settlement whose leaves can't be had. Only `setChallenges`.
    function slashWithheld(address operator, address finder) external returns (uint256 takenWei);

    /// @notice The one module that may have a withheld set punished.
    function setChallenges() external view returns (address);

    function claimOf(bytes32 id) external view returns (Claim memory);

    /// @notice The id of a claim on a note, which is one for each amount.
    function noteClaimId(address operator, address payee, uint96 cumulativeWei) external pure returns (bytes32);

    /// @notice The id of a claim on a segment, on a receipt or a checkpoint alike.
    function segmentClaimId(address operator, address payee, bytes32 taskId, uint8 replica, uint16 segment)
        external
        pure
        returns (bytes32);
}
