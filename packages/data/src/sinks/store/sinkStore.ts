import type { Bytes32 } from "@cortensor/protocol";
import type { SinkTexts } from "../record/sinkRecord.js";
import type { SinkKind } from "../sink.js";

/** Where a session's records go, as its operator's routers keep it. */
export type KeptTarget = {
  readonly session: Bytes32;
  /** Index of the paying session on its chain. */
  readonly account: number;
  readonly kind: SinkKind;
  /** Kind and place, without credentials. */
  readonly name: string;
  /** The target's text under the operator's key: see `createSinkVault`. */
  readonly sealed: Uint8Array;
  /** Wall time, milliseconds since 1970. */
  readonly setAtMs: number;
};

/** `version` grows with each change of any target. */
export type NumberedTarget = KeptTarget & { readonly version: number };

/** What a task's record will say, kept before its receipt is: a router that dies between the two loses neither. */
export type SinkTaskDraft = SinkTexts & {
  readonly taskId: Bytes32;
  readonly session: Bytes32;
  readonly keptAtMs: number;
};

/** What all routers of one operator know of their sessions' sinks. Safe to use from many processes at once. */
export type SinkStore = {
  /** Another text after each change of a target, and only then: cheap to ask again and again. */
  readonly revision: () => Promise<string>;
  readonly targets: () => Promise<readonly NumberedTarget[]>;
  /** Sets a session's target, in place of one that it had. */
  readonly put: (target: KeptTarget) => Promise<void>;
  /** False where there was none. */
  readonly remove: (session: Bytes32) => Promise<boolean>;
  /** Of one task the first that is kept stands. */
  readonly keep: (drafts: readonly SinkTaskDraft[]) => Promise<void>;
  readonly draftsOf: (taskIds: readonly Bytes32[]) => Promise<readonly SinkTaskDraft[]>;
  /** Those kept before then, the oldest first. */
  readonly draftsBefore: (beforeMs: number, limit: number) => Promise<readonly SinkTaskDraft[]>;
  readonly drop: (taskIds: readonly Bytes32[]) => Promise<void>;
};
