import type { PrekeyFault, SealRefusal } from "@cortensor/protocol";

/** What of an assignment isn't what the client asked for. */
export type AssignmentFault =
  | "otherTask"
  | "otherModel"
  | "otherCommitments"
  | "otherPrivacy"
  | "otherBounds"
  | "otherNonce"
  | "otherAccount"
  | "feeAboveLimit"
  | "otherMiner"
  | "otherCommitted"
  | "copies"
  | "unsigned"
  | "unknownRouter";

/** What of an answer isn't what its miner signed, or what is charged for it. */
export type AnswerFault =
  | SealRefusal
  | "noOpening"
  | "badParts"
  | "otherPosition"
  | "otherCount"
  | "otherEnd"
  | "otherIdentity"
  | "otherTokens"
  | "otherOutput"
  | "otherFee"
  | "otherLabel";

/** What sealed asks throw beside the client's other errors. Nothing of a refused answer is to be trusted; what came of it before may be a part. */
export type SealedErrorData =
  /** The option can't be kept in a sealed ask yet. */
  | { readonly code: "SDK_SEALED_UNSUPPORTED"; readonly option: string }
  /** The router showed a prekey bundle that isn't the miner's, by the chain: nothing was sealed to it. */
  | { readonly code: "SDK_PREKEY_FAULT"; readonly fault: PrekeyFault; readonly miner: string }
  /** Too few guards show a prekey that the chain vouches for: a key that was shared out among them could be opened by fewer than is said. */
  | { readonly code: "SDK_GUARD_KEYS"; readonly shown: number; readonly needed: number }
  | { readonly code: "SDK_ASSIGNMENT_FAULT"; readonly fault: AssignmentFault }
  | { readonly code: "SDK_SEALED_ANSWER_FAULT"; readonly fault: AnswerFault; readonly taskId: string };
