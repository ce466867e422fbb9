import type { Bytes32, Hex, SealedSample } from "@cortensor/protocol";
import type { TaskView } from "./caseDesk.js";

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
  /** What is kept of such a task that was sealed, and whose key was shared out: ciphertext. */
  findSealed(
    query: DutyQuery,
  ): Promise<{ readonly kind: "found"; readonly sample: SealedSample } | Exclude<DutyOutcome, { kind: "found" }>>;
};

export type DutyOutcome =
  | ({ readonly kind: "found" } & TaskView)
  | { readonly kind: "unknown" }
  /** It isn't signed by a validator of that epoch, or it isn't the time for its verdicts. */
  | { readonly kind: "foreign" };
