import { CodedError } from "@cortensor/protocol";

/** What a judge throws. */
export type JudgeErrorData =
  /** A record of its store that it didn't write so: the store is damaged, or another's. */
  { readonly code: "JUDGE_BAD_RECORD"; readonly number: number };

export class JudgeError extends CodedError<JudgeErrorData> {}
