import { CodedError } from "@cortensor/protocol";

/** What the miner throws. */
export type MinerErrorData =
  | { readonly code: "MINER_OUTBOX_FULL"; readonly entriesMax: number }
  | { readonly code: "MINER_NO_ENGINE" }
  | { readonly code: "MINER_SAME_MODEL_TWICE"; readonly model: string }
  | { readonly code: "MINER_UNACKNOWLEDGED"; readonly position: number };

export class MinerError extends CodedError<MinerErrorData> {}
