import {
  type Address,
  type Bytes32,
  outCommit,
  RECIPE_STEPS_MAX,
  type Result,
  recipeHash,
  utf8ToBytes,
} from "@cortensor/protocol";
import type { FromMiner } from "@cortensor/wire";

export type ResultMessage = Extract<FromMiner, { kind: "result" }>;

/** What the router itself knows of a segment when its miner says it is done. */
export type ExpectedResult = {
  readonly taskId: Bytes32;
  readonly miner: Address;
  readonly replica: number;
  readonly segment: number;
  readonly from: number;
  readonly kernelClass: Bytes32;
  /** Output tokens of the replica that came, and the running root over them. */
  readonly tokens: number;
  readonly tokenRoot: Bytes32;
  /** Text of this segment that came before the result. */
  readonly text: string;
  /** What `outCommit` covers instead of the text: the vectors of an embedding. */
  readonly output?: Uint8Array;
  /** Prompt tokens that the miner, or one before it, counted at the start. */
  readonly nIn: number;
  readonly maxOut: number;
  readonly contextTokens: number;
  /** Whether the router asked for an end. */
  readonly isAborting: boolean;
  /** Since the assignment was sent. */
  readonly elapsedMs: number;
};

export const BAD_RESULTS = [
  "badIdentity",
  "badKernelClass",
  "badPosition",
  "badTokenRoot",
  "badCount",
  "badPromptCount",
  "badFinish",
  "badRecipe",
  "badOutCommit",
  "badTimes",
  "badSize",
] as const;
export type BadResult = (typeof BAD_RESULTS)[number];

/** How far a miner's count of its own milliseconds may pass the router's: two clocks, one rounding each. */
const CLOCK_SLACK_MS = 1_000;
/** Bytes that one token may stand for: the longest entries of today's vocabularies, with room. */
const TOKEN_BYTES_MAX = 512;

/**
 * The check that every task gets before anyone is paid (T0): does the result speak of what was asked, and of what came? Its
 * signature arrives with the miner's batch.
 */
export function checkResult(
  message: ResultMessage,
  expected: ExpectedResult,
): { readonly kind: "good" } | { readonly kind: "bad"; readonly reason: BadResult } {
  const reason = reasonAgainst(message, expected);
  return reason === undefined ? { kind: "good" } : { kind: "bad", reason };
}

function reasonAgainst(message: ResultMessage, expected: ExpectedResult): BadResult | undefined {
  const counts = reasonOfCounts(message, expected);
  if (counts !== undefined) return counts;
  const { result } = message;
  const text = utf8ToBytes(expected.text + message.text);
  if (text.length > (result.nOut + 1) * TOKEN_BYTES_MAX) return "badSize";
  return outCommit(expected.taskId, expected.output ?? text) === result.outCommit ? undefined : "badOutCommit";
}

/** All of it that needs no word of the answer: of a sealed one the rest is its client's to check. */
export function reasonOfCounts(
  { result, recipe, finish }: Pick<ResultMessage, "result" | "recipe" | "finish">,
  expected: ExpectedResult,
): BadResult | undefined {
  if (!isSameIdentity(result, expected)) return "badIdentity";
  if (result.kernelClass !== expected.kernelClass) return "badKernelClass";
  if (result.from !== expected.from || result.to !== expected.tokens) return "badPosition";
  if (result.nOut !== result.to - result.from) return "badCount";
  if (result.nIn !== expected.nIn) return "badPromptCount";
  if (result.tokenRoot !== expected.tokenRoot) return "badTokenRoot";
  if (!isPlausibleFinish({ result, finish }, expected)) return "badFinish";
  if (!areTimesPlausible(result, expected)) return "badTimes";
  return recipe.length > RECIPE_STEPS_MAX || recipeHash(recipe) !== result.recipeHash ? "badRecipe" : undefined;
}

function isSameIdentity(result: Result, expected: ExpectedResult): boolean {
  return (
    result.taskId === expected.taskId &&
    result.miner === expected.miner &&
    result.replica === expected.replica &&
    result.segment === expected.segment
  );
}

/** A length must be at a limit, an abort asked for; an error is no answer. */
function isPlausibleFinish(
  { result, finish }: Pick<ResultMessage, "result" | "finish">,
  expected: ExpectedResult,
): boolean {
  if (finish !== result.finish) return false;
  if (finish === "stop") return result.to > 0 || expected.maxOut === 0;
  if (finish === "abort") return expected.isAborting;
  const isFull = result.to >= expected.maxOut || result.nIn + result.to >= expected.contextTokens;
  return finish === "length" && isFull;
}

function areTimesPlausible({ tFirstMs, tTotalMs }: Result, { elapsedMs }: ExpectedResult): boolean {
  return tFirstMs <= tTotalMs && tTotalMs <= elapsedMs + CLOCK_SLACK_MS;
}
