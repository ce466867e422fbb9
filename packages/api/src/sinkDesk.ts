import type { Bytes32 } from "@cortensor/protocol";
import type { Caller } from "./gateway.js";

/** A session's sink, for the wallet that owns the session. */
export type SinkGateway = {
  /** `target`: a URL, or its JSON: see docs/SINKS.md. Nothing of it is ever shown again but kind and place. */
  set(caller: Caller, target: string): Promise<SinkOutcome>;
  show(caller: Caller): Promise<SinkOutcome>;
  /** Ends the recording. What waits is kept for the session's next sink, unless it is discarded. */
  remove(
    caller: Caller,
    options: { readonly discards: boolean },
  ): Promise<
    | Extract<SinkOutcome, { kind: "forbidden" | "unset" }>
    | { readonly kind: "removed"; readonly waiting: number; readonly discarded: number }
  >;
};

export type SinkOutcome =
  | { readonly kind: "shown"; readonly sink: SinkView }
  /** Behind an API key stands a customer, not the session's owner. */
  | { readonly kind: "forbidden" }
  | { readonly kind: "unset" }
  | { readonly kind: "refused"; readonly message: string };

/** How a session's sink stands. */
export type SinkView = {
  /** As it stands in the sink's rows. */
  readonly session: Bytes32;
  readonly kind: string;
  /** Kind and place, without credentials. */
  readonly sink: string;
  readonly setAtMs: number;
  /** `elsewhere`: another of the operator's routers delivers, or this one can't read its target. */
  readonly phase: "starting" | "delivering" | "idle" | "failing" | "elsewhere" | "closed";
  /** Records that the sink hasn't got yet. */
  readonly waiting: number;
  readonly deliveredThrough: number;
  /** New tasks are refused with `sink_full`. */
  readonly isFull: boolean;
  /** Failures of this router since its last success, and the last one's code. */
  readonly failures: number;
  readonly lastError?: string;
  /** Records that this router delivered without their texts. */
  readonly withheld: number;
  /** Records that were delivered, that the sink lacked when it was last asked, and that nobody keeps. */
  readonly missing: number;
};
