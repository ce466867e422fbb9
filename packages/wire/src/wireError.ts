import { CodedError } from "@cortensor/protocol";
import type { CloseReason } from "./closeReason.js";

/** What this room throws. */
export type WireErrorData =
  /** The link was refused by one side; `reason` says why. */
  | { readonly code: "WIRE_LINK_REFUSED"; readonly reason: CloseReason; readonly detail: string }
  | { readonly code: "WIRE_CONNECT_FAILED"; readonly url: string }
  | { readonly code: "WIRE_LINK_CLOSED"; readonly reason: CloseReason }
  | { readonly code: "WIRE_STREAM_LIMIT"; readonly streamsMax: number }
  | { readonly code: "WIRE_MESSAGE_TOO_LARGE"; readonly bytes: number; readonly bytesMax: number }
  /** The peer's bytes are not what the codec writes. */
  | { readonly code: "WIRE_MALFORMED"; readonly detail: string }
  /** Our own value has no place in the format: a bug in the caller. */
  | { readonly code: "WIRE_UNENCODABLE"; readonly expected: string; readonly got: string };

export class WireError extends CodedError<WireErrorData> {}

/** The link can't stand. */
export function refuse(reason: CloseReason, detail: string): WireError {
  return new WireError({ code: "WIRE_LINK_REFUSED", reason, detail }, { isRetryable: RETRYABLE.has(reason) });
}

/** Reasons that may be gone a moment later. */
const RETRYABLE: ReadonlySet<CloseReason> = new Set<CloseReason>([
  "connectionLost",
  "handshakeTimeout",
  "tooManyLinks",
  "shutdown",
  "silence",
]);
