import { CodedError } from "@cortensor/protocol";

/** What this room throws. */
export type EngineErrorData =
  | { readonly code: "ENGINE_ABORTED" }
  | { readonly code: "ENGINE_BUSY"; readonly waiting: number; readonly waitingMax: number }
  | { readonly code: "ENGINE_CANNOT_CONTINUE"; readonly reason: string }
  | { readonly code: "ENGINE_CANNOT_EMBED"; readonly model: string }
  | { readonly code: "ENGINE_CANNOT_SCORE"; readonly model: string }
  | { readonly code: "ENGINE_CLOSED" }
  | { readonly code: "ENGINE_CRASHED"; readonly exitCode?: number; readonly signal?: string; readonly tail: string }
  | { readonly code: "ENGINE_BAD_JOB"; readonly reason: string }
  | { readonly code: "ENGINE_MODEL_MALFORMED"; readonly why: string }
  | { readonly code: "ENGINE_MODEL_TRUNCATED"; readonly neededBytes: number; readonly fileBytes: number }
  | { readonly code: "ENGINE_MODEL_NOT_FOUND"; readonly file: string }
  | { readonly code: "ENGINE_MODEL_WRONG_HASH"; readonly expected: string; readonly found: string }
  | { readonly code: "ENGINE_MODEL_SOURCE_REFUSED"; readonly reason: string }
  | { readonly code: "ENGINE_MODEL_FETCH_FAILED"; readonly attempts: number; readonly reason: string }
  | { readonly code: "ENGINE_START_FAILED"; readonly reason: string }
  | { readonly code: "ENGINE_PROMPT_TOO_LONG"; readonly promptTokens: number; readonly contextTokens: number }
  | { readonly code: "ENGINE_UPSTREAM_FAILED"; readonly status?: number; readonly reason: string };

/** An error of this room, with one of its own codes. */
export class EngineError extends CodedError<EngineErrorData> {}
