import { CodedError } from "@cortensor/protocol";

/**
 * What this room throws. `sink` is a kind and a place, never a credential. What a database or a server says in its own words is
 * left out: it may quote a row.
 */
export type SinkErrorData =
  /** A target that can't be read. `reason` never quotes the target. */
  | { readonly code: "SINK_BAD_TARGET"; readonly reason: string }
  /** A target that can be read and isn't allowed here. */
  | { readonly code: "SINK_TARGET_REFUSED"; readonly sink: string; readonly reason: string }
  /** A target that was encrypted with another key than this process has. */
  | { readonly code: "SINK_TARGET_LOCKED"; readonly sink: string }
  | { readonly code: "SINK_BAD_RECORD"; readonly issues: readonly string[] }
  /** A name that leads to an address which this process may not reach. */
  | { readonly code: "SINK_ADDRESS_REFUSED"; readonly sink: string; readonly address: string }
  | { readonly code: "SINK_UNREACHABLE"; readonly sink: string; readonly reason: string }
  | { readonly code: "SINK_TIMEOUT"; readonly afterMs: number }
  | { readonly code: "SINK_ACCESS_DENIED"; readonly sink: string; readonly state: string }
  | { readonly code: "SINK_NEWER_SCHEMA"; readonly sink: string; readonly found: number; readonly known: number }
  /** The sink has other records of this session than this outbox: they were not written from here. */
  | { readonly code: "SINK_DIVERGED"; readonly sink: string; readonly session: string; readonly sequence: number }
  /** The sink lacks records that come before those it was given. */
  | { readonly code: "SINK_GAP"; readonly sink: string; readonly has: number; readonly given: number }
  /** One record was refused by its sink, again and again, even without its texts. */
  | { readonly code: "SINK_REFUSES"; readonly reason: string }
  | { readonly code: "SINK_REDIRECTED"; readonly sink: string; readonly status: number }
  | { readonly code: "SINK_STATUS"; readonly sink: string; readonly status: number }
  /** A database's own error, by its state or number. */
  | { readonly code: "SINK_DATABASE_FAILED"; readonly sink: string; readonly state: string }
  /** The outbox's own database. */
  | { readonly code: "SINK_OUTBOX_FAILED"; readonly state: string }
  /** As much waits for a client's own sink as may: nothing more is asked until it takes some. */
  | { readonly code: "SINK_FULL"; readonly sink: string }
  | { readonly code: "SINK_TOO_MANY"; readonly max: number }
  | { readonly code: "SINK_CLOSED" };

/** An error of this room, with one of its own codes. */
export class SinkError extends CodedError<SinkErrorData> {}
