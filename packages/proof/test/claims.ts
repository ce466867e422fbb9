import type { Engine, GenerateJob } from "@cortensor/engine";
import {
  type Address,
  type Bytes32,
  canonicalParams,
  type FingerprintedToken,
  type FinishReason,
  fingerprintRootOf,
  outCommit,
  type RecipeStep,
  type Result,
  recipeHash,
  type SamplingParams,
  tokenRootOf,
  utf8ToBytes,
} from "@cortensor/protocol";
import type { ReplicaClaim, SegmentClaim } from "../src/index.js";

export const SEED: Bytes32 = `0x${"5e".repeat(32)}`;
const TASK: Bytes32 = `0x${"7a".repeat(32)}`;
const MINER: Address = `0x${"33".repeat(20)}`;

/** Ends an answer of the embedded model; banned where a test wants length. */
export const END_IDS = [0, 2] as const;

export function someParams(changes: Partial<SamplingParams> = {}): SamplingParams {
  const neutral = { topP: 1, minP: 0, presencePenalty: 0, frequencyPenalty: 0, logitBias: {}, stop: [] };
  return canonicalParams({ temperature: 1, topK: 40, maxTokens: 64, ...neutral, ...changes });
}

export const endless = (changes: Partial<SamplingParams> = {}): SamplingParams =>
  someParams({ logitBias: Object.fromEntries(END_IDS.map((id) => [id, -100])), ...changes });

/** One run of an engine, as a miner would report it. */
export type Made = {
  readonly ids: readonly number[];
  readonly fingerprint: readonly FingerprintedToken[];
  readonly logprobs: readonly number[];
  readonly recipe: readonly RecipeStep[];
  readonly finish: FinishReason;
  readonly text: string;
  /** What each token added to it. */
  readonly texts: readonly string[];
};

export async function make(engine: Pick<Engine, "generate">, job: Omit<GenerateJob, "fingerprints">): Promise<Made> {
  const made = {
    ids: [] as number[],
    fingerprint: [] as FingerprintedToken[],
    logprobs: [] as number[],
    texts: [] as string[],
  };
  let text = "";
  for await (const event of engine.generate({ ...job, fingerprints: true })) {
    if (event.kind === "committedMismatch") throw new Error(`committed mismatch at ${event.position}`);
    text += event.text;
    if (event.kind === "end") return { ...made, text, recipe: event.recipe, finish: event.finish };
    made.texts.push(event.text);
    made.ids.push(event.id);
    made.logprobs.push(event.logprob);
    made.fingerprint.push({ id: event.id, top: event.top ?? [] });
  }
  throw new Error("no end");
}

/** The segment that a miner of this class would sign for what it made behind `before`. */
export function segmentOf(
  made: Made,
  parts: {
    readonly nIn: number;
    readonly kernelClass: Bytes32;
    readonly before?: readonly number[];
    /** Tokens of `before` that this segment signs too: those behind the last checkpoint. */
    readonly takenOver?: number;
    readonly segment?: number;
    readonly taskId?: Bytes32;
    readonly changes?: Partial<Result>;
  },
): SegmentClaim {
  const { nIn, kernelClass, before = [], takenOver = 0, segment = 0, taskId = TASK, changes = {} } = parts;
  const to = before.length + made.ids.length;
  const result: Result = {
    taskId,
    miner: MINER,
    replica: 0,
    segment,
    from: before.length - takenOver,
    to,
    tokenRoot: tokenRootOf([...before, ...made.ids]),
    fpRoot: fingerprintRootOf(made.fingerprint),
    recipeHash: recipeHash(made.recipe),
    outCommit: outCommit(taskId, utf8ToBytes(made.text)),
    nIn,
    nOut: made.ids.length + takenOver,
    finish: made.finish,
    kernelClass,
    tFirstMs: 1,
    tTotalMs: 2,
    ...changes,
  };
  return { result, recipe: made.recipe, fingerprint: made.fingerprint };
}

/** The claim of an answer that one miner made alone. */
export function claimOf(
  made: Made,
  parts: {
    readonly promptTokens: readonly number[];
    readonly params: SamplingParams;
    readonly engine: Pick<Engine, "describe">;
    readonly seed?: Bytes32;
    readonly changes?: Partial<Result>;
  },
): ReplicaClaim {
  const { promptTokens, params, engine, seed = SEED, changes = {} } = parts;
  const { kernelClass, contextTokens } = engine.describe();
  const segment = segmentOf(made, { nIn: promptTokens.length, kernelClass, changes });
  return { promptTokens, params, seed, contextTokens, outputTokens: made.ids, segments: [segment] };
}
