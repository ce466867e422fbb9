import type { Bytes32 } from "@cortensor/protocol";
import type { SinkRecord } from "./record/sinkRecord.js";

/** The last record that a sink has of a session, and so every one before it. */
export type SinkHead = { readonly sequence: number; readonly taskId: Bytes32 };

/** Records of one session, by ascending sequence, without gaps; at least one. */
export type SinkBatch = {
  readonly session: Bytes32;
  readonly records: readonly SinkRecord[];
  /** Records up to here are in the outbox no more: a sink that lacks them takes the next ones all the same. 0: all are there. */
  readonly goneThrough: number;
};

export type DeliverOutcome =
  /** The sink has all records of the session up to here, durably. */
  | { readonly kind: "delivered"; readonly through: number }
  /** Nothing was written, because of what one of the records is. `reason`: a database's state, or a status. */
  | { readonly kind: "refused"; readonly reason: string };

/** Where a session's records go. Calls never overlap. What it throws is a `SinkError`, and means: not now. */
export type Sink = {
  readonly kind: SinkKind;
  /** Kind and place for people and logs, without credentials. */
  readonly name: string;
  /** What it has of a session; undefined when nothing; `unknown` when it can't be asked. */
  readonly head: (session: Bytes32, signal: AbortSignal) => Promise<SinkHead | undefined | "unknown">;
  /** Writes what it doesn't have yet, all of it or nothing. Idempotent by (session, sequence). */
  readonly deliver: (batch: SinkBatch, signal: AbortSignal) => Promise<DeliverOutcome>;
  readonly close: () => Promise<void>;
};

export const SINK_KINDS = ["postgres", "mysql", "sqlite", "webhook"] as const;
export type SinkKind = (typeof SINK_KINDS)[number];
