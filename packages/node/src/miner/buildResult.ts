import {
  type Assignment,
  type Bytes32,
  type FingerprintedToken,
  type FinishReason,
  fingerprintRootOf,
  outCommit,
  type RecipeStep,
  type Result,
  recipeHash,
  sealedFingerprintRoot,
  sealedOutCommit,
  utf8ToBytes,
} from "@cortensor/protocol";

/** Milliseconds are a 32-bit field. */
const MS_MAX = 0xffff_ffff;

export type ResultParts = {
  readonly assignment: Assignment;
  readonly nIn: number;
  /** Position after the segment's last token. */
  readonly to: number;
  /** Running root at `to`. */
  readonly tokenRoot: Bytes32;
  /** The tokens that this miner made, not those it fed again. */
  readonly tokens: readonly FingerprintedToken[];
  /** Everything this miner sent as text. */
  readonly text: string;
  readonly recipe: readonly RecipeStep[];
  readonly finish: FinishReason;
  readonly tFirstMs: number;
  readonly tTotalMs: number;
  /** Of a sealed answer: what its commitments are salted with. */
  readonly answerSalt?: Bytes32 | undefined;
};

/** A segment's signed statement. */
export function buildResult(parts: ResultParts): Result {
  const { assignment, to, tokens, answerSalt } = parts;
  const output = utf8ToBytes(parts.text);
  const { taskId, miner, replica, segment, from, kernelClass } = assignment;
  return {
    taskId,
    miner,
    replica,
    segment,
    from,
    to,
    tokenRoot: parts.tokenRoot,
    fpRoot: answerSalt === undefined ? fingerprintRootOf(tokens) : sealedFingerprintRoot(answerSalt, tokens),
    recipeHash: recipeHash(parts.recipe),
    outCommit: answerSalt === undefined ? outCommit(taskId, output) : sealedOutCommit(taskId, answerSalt, output),
    nIn: parts.nIn,
    nOut: to - from,
    finish: parts.finish,
    kernelClass,
    tFirstMs: wholeMs(parts.tFirstMs),
    tTotalMs: wholeMs(parts.tTotalMs),
  };
}

function wholeMs(ms: number): number {
  return Math.min(MS_MAX, Math.max(0, Math.round(ms)));
}
