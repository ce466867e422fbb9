import type { Engine } from "@cortensor/engine";
import {
  flattenPrompt,
  hasCode,
  NO_DIFF,
  type OpenedSample,
  type RecipeStep,
  type Result,
  samplerSeed,
  seedSource,
  type Task,
  TOP_K_MAX,
} from "@cortensor/protocol";
import type { Calibration } from "../calibration/calibration.js";
import { findPair, isLargeEnough } from "../calibration/maySlash.js";
import { checkTokens } from "../check/checkTokens.js";
import { judgeScore } from "../check/judgeScore.js";
import type { ReplicaClaim } from "../check/segmentClaim.js";
import { scoreOf } from "../check/taskScore.js";
import { replaySegment } from "../replay/replaySegment.js";
import type { DisputedSeeds } from "./checkDisputed.js";
import type { SeedFacts } from "./claimOfBodies.js";
import { type DutyFinding, uncheckedFinding } from "./dutyFinding.js";

/** An opened sample, which is what its miner signed (`openSample`), what was signed, and the recipe that its result names. */
export type OpenedTask = {
  readonly task: Task;
  readonly result: Result;
  readonly recipe: readonly RecipeStep[];
  readonly sample: OpenedSample;
};

/** What a validator found of an opened task, and whether it has that judged by others: a contradiction, a replay that differs, or above thresholds that rest on enough runs. */
export type CheckedOpening = { readonly finding: DutyFinding; readonly isAccused: boolean };

/**
 * A validator's check of an opened task. Its miner keeps no fingerprint. Where the class is the checker's own, the answer is made again bit by bit by its recipe; else each
 * token's margin is held against the calibration.
 * @throws CodedError the engine's own
 */
export async function checkOpened(
  engine: Engine,
  opened: OpenedTask,
  facts: SeedFacts,
  options: { readonly calibration?: Calibration; readonly signal: AbortSignal },
): Promise<CheckedOpening> {
  const claimed = await claimOf(engine, opened, facts);
  if (claimed.kind === "found") return exact(claimed.finding);
  try {
    const finding = await madeAgain(engine, claimed, options.signal);
    return finding === undefined ? await byMargins(engine, claimed, options) : exact(finding);
  } catch (error) {
    if (hasCode(error, "PROOF_BAD_CLAIM")) return exact(uncheckedFinding("undecided"));
    throw error;
  }
}

/**
 * A judge's check of a disputed result that was opened: made again by its recipe, with an engine of the result's own model and kernel class. Wrong only if it is for every epoch in
 * which the task may have been assigned, as `checkDisputed` has it.
 * @throws CodedError the engine's own
 */
export async function checkOpenedDispute(
  engine: Engine,
  opened: OpenedTask,
  { beacons }: DisputedSeeds,
  signal: AbortSignal,
): Promise<DutyFinding> {
  const { temperature } = opened.sample.request.params;
  let first: DutyFinding | undefined;
  for (const beacon of temperature === 0 ? beacons.slice(0, 1) : beacons) {
    const finding = await judgeOnce(engine, opened, { beacon }, signal);
    if (finding.outcome !== "failed" || finding.firstDiff === NO_DIFF) return finding;
    first ??= finding;
  }
  return first ?? uncheckedFinding("undecided");
}

async function judgeOnce(
  engine: Engine,
  opened: OpenedTask,
  facts: SeedFacts,
  signal: AbortSignal,
): Promise<DutyFinding> {
  const claimed = await claimOf(engine, opened, facts);
  if (claimed.kind === "found") return claimed.finding;
  try {
    return (await madeAgain(engine, claimed, signal)) ?? uncheckedFinding("undecided");
  } catch (error) {
    if (hasCode(error, "PROOF_BAD_CLAIM")) return uncheckedFinding("undecided");
    throw error;
  }
}

const exact = (finding: DutyFinding): CheckedOpening => ({ finding, isAccused: finding.outcome === "failed" });

/** What is claimed of an engine's work; found, where no engine need run: it is of another model, empty, or contradicts itself. */
async function claimOf(
  engine: Engine,
  opened: OpenedTask,
  { beacon }: SeedFacts,
): Promise<Claimed | { readonly kind: "found"; readonly finding: DutyFinding }> {
  const { task, result, recipe, sample } = opened;
  const facts = engine.describe();
  // Beyond its own context an engine ends early: that would say nothing of the miner.
  const isTooLong = result.nIn + result.to > facts.contextTokens;
  if (task.modelId !== facts.modelId || result.to === 0 || isTooLong) {
    return { kind: "found", finding: uncheckedFinding("undecided") };
  }
  const { prompt, params } = sample.request;
  const promptTokens = await engine.tokenizePrompt(flattenPrompt(prompt));
  if (promptTokens.length !== result.nIn || sample.ids.some((id) => id >= facts.vocabularyTokens)) {
    return { kind: "found", finding: { ...uncheckedFinding("undecided"), outcome: "failed" } };
  }
  const source = seedSource({ taskId: result.taskId, userNonce: task.userNonce, beacon });
  const claim: ReplicaClaim = {
    ...{ promptTokens, params, seed: samplerSeed(source, result.replica), outputTokens: sample.ids },
    contextTokens: result.finish === "length" ? result.nIn + result.to : facts.contextTokens,
    segments: [{ result, recipe, fingerprint: [] }],
  };
  return { kind: "claimed", claim, result };
}

type Claimed = { readonly kind: "claimed"; readonly claim: ReplicaClaim; readonly result: Result };

/** Undefined where bits can't be compared. */
async function madeAgain(
  engine: Engine,
  { claim, result }: Claimed,
  signal: AbortSignal,
): Promise<DutyFinding | undefined> {
  if (result.kernelClass !== engine.describe().kernelClass) return undefined;
  const replayed = await replaySegment(engine, claim, { signal });
  if (replayed.kind === "statistical") return undefined;
  const found = uncheckedFinding("undecided");
  if (replayed.kind === "equal") return { ...found, outcome: "passed" };
  return { ...found, outcome: "failed", firstDiff: replayed.position };
}

async function byMargins(
  engine: Engine,
  { claim, result }: Claimed,
  { calibration, signal }: { readonly calibration?: Calibration; readonly signal: AbortSignal },
): Promise<CheckedOpening> {
  const { promptTokens, outputTokens, params, seed } = claim;
  const { from, kernelClass: minerClass } = result;
  const scores = await engine.score({ promptTokens, outputTokens, from, topK: TOP_K_MAX, params, signal });
  const tokens = checkTokens({ outputTokens, from, scores, fingerprintAt: () => undefined, params, seed });
  const checkerClass = engine.describe().kernelClass;
  const pair = findPair(calibration, { minerClass, checkerClass, temperature: params.temperature });
  const judged = judgeScore(scoreOf(tokens), pair?.windows ?? []);
  const outcome = judged.kind === "passed" ? "passed" : judged.kind === "suspect" ? "failed" : "undecided";
  const isAccused = outcome === "failed" && pair !== undefined && isLargeEnough(pair);
  return { finding: { ...uncheckedFinding("undecided"), outcome }, isAccused };
}
