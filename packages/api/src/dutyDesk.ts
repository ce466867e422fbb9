import type { Bytes32, Hex } from "@cortensor/protocol";
import type { TaskView } from "./caseDesk.js";

/** What a validator asks to be shown: a task of a settlement, which its duties of an epoch may have drawn. */
export type DutyQuery = {
  readonly epoch: number;
  readonly settlementId: Bytes32;
  /** See `setEntryId`. */
  readonly id: Bytes32;
  /** Only of a task that was sealed and may be opened: any other is unknown. */
  readonly isSealed: boolean;
  /** See `DutyRequest`. */
  readonly signature: Hex;
};

export type DutyDesk = {
  /** Shows a task's receipt and bodies, and of one that was sealed and may be opened what is kept of it, to a validator of the epoch, while its verdicts may be committed to. */
  find(query: DutyQuery): Promise<DutyOutcome>;
};

export type DutyOutcome =
  | ({ readonly kind: "found" } & TaskView)
  | { readonly kind: "unknown" }
  /** It isn't signed by a validator of that epoch, or it isn't the time for its verdicts. */
  | { readonly kind: "foreign" };
