import { CodedError } from "@cortensor/protocol";

/** What the guard throws. */
export type GuardErrorData =
  /** A record of its store that it didn't write so: the store is damaged, or another's. */
  | { readonly code: "GUARD_BAD_RECORD"; readonly what: string; readonly epoch: number }
  /** The chain has a commitment of this guard whose secret isn't in its store. */
  | { readonly code: "GUARD_SECRET_MISSING"; readonly epoch: number };

export class GuardError extends CodedError<GuardErrorData> {}
