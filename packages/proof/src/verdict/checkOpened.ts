import type { Engine } from "@cortensor/engine";
import {
  type Bytes32,
  flattenPrompt,
  hasCode,
  type OpenedSample,
  type RecipeStep,
  type Result,
  recipeHash,
  samplerSeed,
  seedSource,
  type Task,
  TOP_K_MAX,
} from "@cortensor/protocol";
import type { Calibration } from "../calibration/calibration.js";
import { findPair } from "../calibration/maySlash.js";
import { checkTokens } from "../check/checkTokens.js";
import { judgeScore } from "../check/judgeScore.js";
import type { ReplicaClaim } from "../check/segmentClaim.js";
import { scoreOf } from "../check/taskScore.js";
import { replaySegment } from "../replay/replaySegment.js";
import type { SeedFacts } from "./claimOfBodies.js";
import { type DutyFinding, uncheckedFinding } from "./dutyFinding.js";

/** An opened sample, which is what its miner signed (`openSample`), and what was signed. */
export type OpenedTask = { readonly task: Task; readonly result: Result; readonly sample: OpenedSample };

/**
 * A validator's check of an opened task. Its miner keeps no fingerprint and shows no recipe: where the signed recipe is that of a prompt run at once, and the
 * class the checker's own, the answer is made again bit by bit; else each token's margin is held against the calibration.
 * @throws CodedError the engine's own
 */
export async function checkOpened(
  engine: Engine,
  opened: OpenedTask,
  { beacon }: SeedFacts,
  options: { readonly calibration?: Calibration; readonly signal: AbortSignal },
): Promise<DutyFinding> {
  const { task, result, sample } = opened;
  const facts = engine.describe();
  if (task.modelId !== facts.modelId || result.to === 0) return uncheckedFinding("undecided");
  const { prompt, params } = sample.request;
  const promptTokens = await engine.tokenizePrompt(flattenPrompt(prompt));
  if (promptTokens.length !== result.nIn || sample.ids.some((id) => id >= facts.vocabularyTokens)) {
    return { ...uncheckedFinding("undecided"), outcome: "failed" };
  }
  const source = seedSource({ taskId: result.taskId, userNonce: task.userNonce, beacon });
  const claim = {
    ...{ promptTokens, params, seed: samplerSeed(source, result.replica), outputTokens: sample.ids },
    contextTokens: result.finish === "length" ? result.nIn + result.to : facts.contextTokens,
  };
  try {
    return (
      (await madeAgain(engine, { claim, result }, options.signal)) ??
      (await byMargins(engine, { claim, result }, options))
    );
  } catch (error) {
    if (hasCode(error, "PROOF_BAD_CLAIM")) return uncheckedFinding("undecided");
    throw error;
  }
}

type Claimed = { readonly claim: Omit<ReplicaClaim, "segments">; readonly result: Result };

/** Undefined where bits can't be compared. */
async function madeAgain(
  engine: Engine,
  { claim, result }: Claimed,
  signal: AbortSignal,
): Promise<DutyFinding | undefined> {
  const recipe = plainRecipe(result);
  if (recipe === undefined || result.kernelClass !== engine.describe().kernelClass) return undefined;
  const replayed = await replaySegment(
    engine,
    { ...claim, segments: [{ result, recipe, fingerprint: [] }] },
    { signal },
  );
  if (replayed.kind === "statistical") return undefined;
  const found = uncheckedFinding("undecided");
  if (replayed.kind === "equal") return { ...found, outcome: "passed" };
  return { ...found, outcome: "failed", firstDiff: replayed.position };
}

/** The recipe of a prompt that is run at once, if it is what the miner signed; its last token may have had a step of its own. */
function plainRecipe({ nIn, to, recipeHash: signed }: Result): readonly RecipeStep[] | undefined {
  const plain = (decode: number): readonly RecipeStep[] => [
    { kind: "prefill", tokens: nIn },
    ...(decode === 0 ? [] : [{ kind: "decode" as const, tokens: decode }]),
  ];
  return [plain(to - 1), plain(to)].find((recipe) => recipeHash(recipe) === (signed satisfies Bytes32));
}

async function byMargins(
  engine: Engine,
  { claim, result }: Claimed,
  { calibration, signal }: { readonly calibration?: Calibration; readonly signal: AbortSignal },
): Promise<DutyFinding> {
  const { promptTokens, outputTokens, params, seed } = claim;
  const { from, kernelClass: minerClass } = result;
  const scores = await engine.score({ promptTokens, outputTokens, from, topK: TOP_K_MAX, params, signal });
  const tokens = checkTokens({ outputTokens, from, scores, fingerprintAt: () => undefined, params, seed });
  const checkerClass = engine.describe().kernelClass;
  const pair = findPair(calibration, { minerClass, checkerClass, temperature: params.temperature });
  const judged = judgeScore(scoreOf(tokens), pair?.windows ?? []);
  const outcome = judged.kind === "passed" ? "passed" : judged.kind === "suspect" ? "failed" : "undecided";
  return { ...uncheckedFinding("undecided"), outcome };
}
