import { encodeFingerprint, hashTask, type SegmentBody, tokenRootOf, ZERO_BYTES32 } from "@cortensor/protocol";
import { aStart } from "./startMaker.js";
import { MINER } from "./testMiner.js";

const OFFER = {
  model: "test",
  modelId: `0x${"0d".repeat(32)}`,
  quantisation: "none",
  kernelClass: `0x${"0c".repeat(32)}`,
  contextTokens: 512,
  tokensPerSecond: 1,
  sequences: 1,
  canEmbed: false,
  canScore: true,
  weiPerTokenIn: 1n,
  weiPerTokenOut: 1n,
} as const;

/** A body of so many tokens, another for each name. */
export function aSegmentBody(name: string, tokens = 4): SegmentBody {
  const { task, prompt, promptSalt, params } = aStart(MINER, OFFER, { name });
  const ids = Array.from({ length: tokens }, (_, at) => at + 5);
  const result = {
    taskId: hashTask(task),
    miner: MINER,
    replica: 0,
    segment: 0,
    from: 0,
    to: tokens,
    tokenRoot: tokenRootOf(ids),
    fpRoot: ZERO_BYTES32,
    recipeHash: ZERO_BYTES32,
    outCommit: ZERO_BYTES32,
    nIn: 3,
    nOut: tokens,
    finish: "stop",
    kernelClass: OFFER.kernelClass,
    tFirstMs: 1,
    tTotalMs: 2,
  } as const;
  const fingerprint = encodeFingerprint(ids.map((id) => ({ id, top: [] })));
  return { task, prompt, promptSalt, params, committed: [], contextTokens: 512, result, recipe: [], fingerprint };
}
