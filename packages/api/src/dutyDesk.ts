import type { Bytes32, Hex, ReceiptDocument, ResultProof, SegmentBody } from "@cortensor/protocol";

/** What a validator asks to be shown: a task of a settlement, which its duties of an epoch may have drawn. */
export type DutyQuery = {
  readonly epoch: number;
  readonly settlementId: Bytes32;
  /** See `setEntryId`. */
  readonly id: Bytes32;
  /** See `DutyRequest`. */
  readonly signature: Hex;
};

export type DutyDesk = {
  /** Shows a task's receipt and bodies to a validator of the epoch, while its verdicts may be committed to. */
  find(query: DutyQuery): Promise<DutyOutcome>;
};

export type DutyOutcome =
  | {
      readonly kind: "found";
      readonly document: ReceiptDocument;
      readonly bodies: readonly SegmentBody[];
      readonly missing: readonly Bytes32[];
      /** Where miners signed the results, as far as the router knows. */
      readonly proofs: readonly ResultProof[];
    }
  | { readonly kind: "unknown" }
  /** It isn't signed by a validator of that epoch, or it isn't the time for its verdicts. */
  | { readonly kind: "foreign" };
