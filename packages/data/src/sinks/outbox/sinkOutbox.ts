import type { Bytes32 } from "@cortensor/protocol";
import type { SinkDraft, SinkRecord } from "../record/sinkRecord.js";

export type AppendOutcome =
  /** Kept durably, under this number. `withheld`: without its texts, which are too large. */
  | { readonly kind: "appended"; readonly sequence: number; readonly withheld: boolean }
  /** That task's record was appended before. */
  | { readonly kind: "known"; readonly sequence: number }
  /** Beyond the reserve for tasks that were admitted in time: a caller that asks `room` doesn't meet this. */
  | { readonly kind: "full" };

/** A right to deliver a session's records. `epoch` grows whenever it changes hands: who has an older one acknowledges nothing. */
export type OutboxLease = { readonly session: Bytes32; readonly holder: string; readonly epoch: number };

export type OutboxStatus = {
  /** Number of the last record appended; 0 without any. */
  readonly lastSequence: number;
  /** The sink has all records up to here. */
  readonly deliveredThrough: number;
  /** Records and bytes that wait. */
  readonly records: number;
  readonly bytes: number;
};

export type PageBounds = { readonly after: number; readonly recordsMax: number; readonly bytesMax: number };

/**
 * What sessions' sinks haven't got yet. Append-only: a record leaves by being acknowledged, in order, and by nothing else.
 * Each session's records are numbered 1, 2, 3 … as they are appended. Safe to use from many processes at once.
 */
export type SinkOutbox = {
  /** Called once a receipt is acknowledged, outside the hot path. Idempotent by task. */
  readonly append: (draft: SinkDraft) => Promise<AppendOutcome>;
  /**
   * Asked before money is held: `full` when so much waits that the session's new tasks are to be refused. The oldest records are
   * never given up for newer ones.
   */
  readonly room: (session: Bytes32) => Promise<"open" | "full">;
  readonly status: (session: Bytes32) => Promise<OutboxStatus>;
  /** Sessions with records that wait, in any order. */
  readonly waiting: (limit: number) => Promise<readonly Bytes32[]>;
  /** Takes the right to deliver, or prolongs it. Undefined while another has it. */
  readonly lease: (session: Bytes32, claim: { holder: string; ms: number }) => Promise<OutboxLease | undefined>;
  readonly release: (lease: OutboxLease) => Promise<void>;
  /** Records that follow `after`, by sequence: the first always, more within the bounds. */
  readonly read: (session: Bytes32, bounds: PageBounds) => Promise<readonly SinkRecord[]>;
  /** Task of a record that is here, or was lately. */
  readonly taskAt: (session: Bytes32, sequence: number) => Promise<Bytes32 | undefined>;
  /** Lets go of all records up to `through`. False when the lease has passed to another; then nothing changes. */
  readonly acknowledge: (lease: OutboxLease, through: number) => Promise<boolean>;
  /** Gives up all that waits of a session, whoever has its lease: its client has said so. Returns how many records. */
  readonly discard: (session: Bytes32) => Promise<number>;
};

export type OutboxBounds = {
  readonly sessionRecordsMax: number;
  readonly sessionBytesMax: number;
  readonly bytesMax: number;
  readonly recordBytesMax: number;
  /** Task ids of delivered records by which a second append is known. */
  readonly deliveredIdsKept: number;
};
