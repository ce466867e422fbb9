import {
  DELIVERED_IDS_KEPT,
  OUTBOX_BYTES_MAX,
  RECORD_BYTES_MAX,
  RESERVE_FACTOR,
  SESSION_BYTES_MAX,
  SESSION_RECORDS_MAX,
} from "../limits.js";
import type { OutboxBounds } from "./sinkOutbox.js";

export const DEFAULT_OUTBOX_BOUNDS: OutboxBounds = {
  sessionRecordsMax: SESSION_RECORDS_MAX,
  sessionBytesMax: SESSION_BYTES_MAX,
  bytesMax: OUTBOX_BYTES_MAX,
  recordBytesMax: RECORD_BYTES_MAX,
  deliveredIdsKept: DELIVERED_IDS_KEPT,
};

export type Waiting = { readonly records: number; readonly bytes: number };

/** Whether a session's new tasks are to be refused. */
export function isFull(session: Waiting, allBytes: number, bounds: OutboxBounds): boolean {
  return (
    session.records >= bounds.sessionRecordsMax ||
    session.bytes >= bounds.sessionBytesMax ||
    allBytes >= bounds.bytesMax
  );
}

/** Whether even the reserve is used up, which is there for tasks that were admitted before the mark was reached. */
export function isBeyondReserve(session: Waiting, bounds: OutboxBounds): boolean {
  return (
    session.records >= RESERVE_FACTOR * bounds.sessionRecordsMax ||
    session.bytes >= RESERVE_FACTOR * bounds.sessionBytesMax
  );
}
