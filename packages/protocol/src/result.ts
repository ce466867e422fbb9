import type { Address, Bytes32 } from "./primitives.js";

/** Why a generation ended. The order is the wire's number, 0 first. */
export const FINISH_REASONS = ["stop", "length", "abort", "error"] as const;
export type FinishReason = (typeof FINISH_REASONS)[number];

/**
 * A miner's signed statement of what it computed: one segment of one replica. A leaf of the miner's batch.
 *
 * `Result(bytes32 taskId,address miner,uint8 replica,uint16 segment,uint32 from,uint32 to,bytes32 tokenRoot,bytes32 fpRoot,
 * bytes32 recipeHash,bytes32 outCommit,uint32 nIn,uint32 nOut,uint8 finish,bytes32 kernelClass,uint32 tFirstMs,uint32 tTotalMs)`
 */
export type Result = {
  readonly taskId: Bytes32;
  readonly miner: Address;
  readonly replica: number;
  readonly segment: number;
  /** Output tokens `from…to` of the replica are this miner's. */
  readonly from: number;
  readonly to: number;
  /** Running root at `to`. */
  readonly tokenRoot: Bytes32;
  /** Merkle root of the fingerprint's leaves (32 tokens each). */
  readonly fpRoot: Bytes32;
  /** keccak256 of the ordered (prefill | decode, length) calls that built the KV cache. */
  readonly recipeHash: Bytes32;
  /** keccak256(taskId ‖ output bytes of this segment). */
  readonly outCommit: Bytes32;
  /** Tokens of the template-applied prompt. */
  readonly nIn: number;
  /** `to − from`. */
  readonly nOut: number;
  readonly finish: FinishReason;
  readonly kernelClass: Bytes32;
  /** Milliseconds from assignment to first token, and to the last. */
  readonly tFirstMs: number;
  readonly tTotalMs: number;
};

/** One step of the recipe that built a result's KV cache. */
export type RecipeStep = { readonly kind: "prefill" | "decode"; readonly tokens: number };
