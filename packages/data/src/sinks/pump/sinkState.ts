import type { Bytes32 } from "@cortensor/protocol";
import type { SinkKind } from "../sink.js";

/** How a session's sink stands, for metrics and dashboards. Holds no credentials and nothing of what is delivered. */
export type SinkState = {
  readonly session: Bytes32;
  readonly kind: SinkKind;
  readonly sink: string;
  /** `elsewhere`: another process delivers this session. */
  readonly phase: "starting" | "delivering" | "idle" | "failing" | "elsewhere" | "closed";
  /** Records that wait, when it was last looked. */
  readonly lag: number;
  readonly deliveredThrough: number;
  /** Failures since the last success. */
  readonly failures: number;
  /** Code of the last of them. */
  readonly lastError?: string;
  /** Records that this process delivered without their texts. */
  readonly withheld: number;
  /** Records that were delivered, that the sink lacked when it was last asked, and that nobody keeps: it is new, or was restored. */
  readonly missing: number;
};
