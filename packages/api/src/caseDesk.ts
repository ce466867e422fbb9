import type { Bytes32, Hex, ReceiptDocument, ResultProof, SealedSample, SegmentBody } from "@cortensor/protocol";

/** What whoever sits in a dispute asks to be shown: the disputed result. */
export type CaseQuery = {
  /** Of the dispute. */
  readonly number: number;
  /** Struct hash of the result. */
  readonly resultHash: Bytes32;
  /** See `CaseRequest`. */
  readonly signature: Hex;
};

export type CaseDesk = {
  /** Shows a disputed result to the validators and jurors of its dispute, while it goes on. */
  find(query: CaseQuery): Promise<CaseOutcome>;
};

/** What is shown of a task: its receipt, the bodies of its results, where miners signed these, and of one that was sealed what guards may open. */
export type TaskView = {
  readonly document: ReceiptDocument;
  readonly bodies: readonly SegmentBody[];
  readonly missing: readonly Bytes32[];
  readonly proofs: readonly ResultProof[];
  readonly sealed?: SealedSample;
};

export type CaseOutcome =
  | ({ readonly kind: "found" } & TaskView)
  | { readonly kind: "unknown" }
  /** It isn't signed by anyone who sits in that dispute, or that is over, or of another result. */
  | { readonly kind: "foreign" };
