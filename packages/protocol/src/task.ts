import type { Bytes32, UnixSeconds } from "./primitives.js";

/** How far a prompt may be read. See the glossary. The order is the wire's number. */
export const PRIVACIES = ["open", "sealed", "private"] as const;
export type Privacy = (typeof PRIVACIES)[number];

/**
 * One inference request, as its signer binds it. `taskId = hashStruct(Task)`.
 *
 * Hashed by EIP-712 as `Task(uint32 account,bytes32 session,uint32 seq,bytes32 modelId,bytes32 promptCommit,
 * bytes32 paramsHash,uint32 maxIn,uint32 maxOut,uint96 feeCapWei,uint64 deadline,bytes32 userNonce,uint8 privacy,uint8 redundancy)`.
 */
export type Task = {
  /** Index of the paying session on its chain. */
  readonly account: number;
  readonly session: Bytes32;
  /** Counter within (router, account). */
  readonly seq: number;
  /** keccak256 of the model's record: file hash, template, quantisation. */
  readonly modelId: Bytes32;
  /** keccak256(salt ‖ plaintext): short prompts are guessable without the salt. */
  readonly promptCommit: Bytes32;
  /** keccak256 of the canonical sampling parameters. */
  readonly paramsHash: Bytes32;
  /** Most prompt tokens that may be charged. */
  readonly maxIn: number;
  /** Most output tokens that may be made and charged. */
  readonly maxOut: number;
  /** Largest fee in wei of COR. */
  readonly feeCapWei: bigint;
  readonly deadline: UnixSeconds;
  readonly userNonce: Bytes32;
  readonly privacy: Privacy;
  /** Copies asked for, 1…7. */
  readonly redundancy: number;
};
