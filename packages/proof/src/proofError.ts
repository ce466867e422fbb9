import { CodedError } from "@cortensor/protocol";

/** What this room throws. What a miner did wrong is a value, never thrown. */
export type ProofErrorData =
  | { readonly code: "PROOF_BAD_CALIBRATION"; readonly issues: readonly string[] }
  | { readonly code: "PROOF_BAD_CLAIM"; readonly reason: string }
  | { readonly code: "PROOF_TOO_FEW_RUNS"; readonly what: string; readonly runs: number; readonly runsMin: number };

/** An error of this room, with one of its own codes. */
export class ProofError extends CodedError<ProofErrorData> {}
