import { type Bytes32, CodedError } from "@cortensor/protocol";

/** What a validator throws. */
export type ValidatorErrorData =
  /** The chain has a commitment of this validator whose secret, or whose verdicts, aren't in its store. */
  | { readonly code: "VALIDATOR_RECORD_MISSING"; readonly what: "secret" | "verdicts"; readonly epoch: number }
  /** A record of its store that it didn't write so: the store is damaged, or another's. */
  | { readonly code: "VALIDATOR_BAD_RECORD"; readonly what: "secret"; readonly epoch: number }
  /** A set that the tasks to check are in isn't shown yet. */
  | { readonly code: "VALIDATOR_TASKS_HIDDEN"; readonly epoch: number }
  /** The chain, as it is read here, doesn't show the beacon of an epoch that is over. */
  | { readonly code: "VALIDATOR_BEACON_UNKNOWN"; readonly epoch: number }
  /** A task under the results root isn't among those that were read. */
  | { readonly code: "VALIDATOR_TASK_UNKNOWN"; readonly taskId: Bytes32 };

export class ValidatorError extends CodedError<ValidatorErrorData> {}
