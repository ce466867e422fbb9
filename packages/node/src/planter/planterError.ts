import { CodedError } from "@cortensor/protocol";

/** What a planter throws. */
export type PlanterErrorData =
  /** A record of its store that it didn't write so: the store is damaged, or another's. */
  | { readonly code: "PLANTER_BAD_RECORD"; readonly problem: string }
  /** An answer to its own question that is no planted result: another miner's, or too short. Nothing is opened of it. */
  | { readonly code: "PLANTER_ANSWER_FOREIGN"; readonly problem: string };

export class PlanterError extends CodedError<PlanterErrorData> {}
