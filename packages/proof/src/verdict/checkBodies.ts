import type { Engine } from "@cortensor/engine";
import type { Address, SegmentBody } from "@cortensor/protocol";
import type { Calibration, PairCalibration } from "../calibration/calibration.js";
import { findPair } from "../calibration/maySlash.js";
import { checkHandedOver, type HandedOver } from "../check/checkHandedOver.js";
import { checkReplica } from "../check/checkReplica.js";
import type { ReplicaClaim } from "../check/segmentClaim.js";
import type { TaskScore } from "../check/taskScore.js";
import { type ReplayOutcome, replaySegment } from "../replay/replaySegment.js";
import { claimOfBodies, type SeedFacts } from "./claimOfBodies.js";
import { type Verdict, verdictOf } from "./verdictOf.js";

/** One segment, checked. */
export type CheckedSegment = {
  readonly miner: Address;
  readonly replica: number;
  readonly segment: number;
  readonly verdict: Verdict;
  /** Its miner was given up before its result: of its log-probabilities nothing is known, and no replay is made. */
  readonly isByMarginsAlone?: true;
  /** Absent when the segment contradicts itself: then nothing was scored. */
  readonly score?: TaskScore;
  /** What its thresholds come from; absent when nothing is calibrated for the pair of classes at this temperature. */
  readonly pair?: PairCalibration;
};

/** Tokens of a replica that a miner signed by a checkpoint, and no more. They stand in a shown body of a later segment. */
export type SignedTokens = HandedOver & { readonly miner: Address; readonly replica: number };

export type CheckOptions = {
  readonly calibration?: Calibration;
  /** Makes each segment again by its recipe too (T2): as long as the answer took. */
  readonly hasReplay: boolean;
  /** What miners signed that were given up before their result; of other replicas than those shown nothing can be said. */
  readonly handedOver?: readonly SignedTokens[];
  readonly signal?: AbortSignal;
};

/**
 * Checks all that is shown of a task, replica by replica: T1 always, T2 where it is asked for. The bodies are those that the receipt's result
 * hashes stand for: see `bodyFault`.
 * @throws CodedError PROOF_BAD_CLAIM, and the engine's own
 */
export async function checkBodies(
  engine: Engine,
  bodies: readonly SegmentBody[],
  facts: SeedFacts,
  options: CheckOptions,
): Promise<readonly CheckedSegment[]> {
  const replicas = [...new Set(bodies.map(({ result }) => result.replica))].sort((left, right) => left - right);
  const checked: CheckedSegment[] = [];
  for (const replica of replicas) {
    const own = bodies.filter(({ result }) => result.replica === replica);
    checked.push(...(await checkOneReplica(engine, own, facts, options)));
  }
  return checked;
}

async function checkOneReplica(
  engine: Engine,
  bodies: readonly SegmentBody[],
  facts: SeedFacts,
  options: CheckOptions,
): Promise<readonly CheckedSegment[]> {
  const { calibration, hasReplay, signal } = options;
  const claim = await claimOfBodies(engine, bodies, facts);
  const handedOver = await checkBefore(engine, claim, options);
  const checks = await checkReplica(engine, claim, signal);
  const stop = signal === undefined ? {} : { signal };
  const checked: CheckedSegment[] = [];
  for (const [index, check] of checks.entries()) {
    const result = claim.segments[index]?.result;
    if (result === undefined) continue;
    const { miner, replica, segment, kernelClass: minerClass } = result;
    const checkerClass = engine.describe().kernelClass;
    const pair = findPair(calibration, { minerClass, checkerClass, temperature: claim.params.temperature });
    let replay: ReplayOutcome | undefined;
    if (hasReplay && check.kind === "scored") replay = await replaySegment(engine, claim, { index, ...stop });
    checked.push({
      miner,
      replica,
      segment,
      verdict: verdictOf(check, pair?.windows ?? [], replay),
      ...(check.kind === "scored" ? { score: check.score } : {}),
      ...(pair === undefined ? {} : { pair }),
    });
  }
  return [...handedOver, ...checked];
}

/** What was handed over to the miners of these segments. A hand-over stays within a kernel class: so the first of theirs was its miner's too. */
async function checkBefore(
  engine: Engine,
  claim: ReplicaClaim,
  { calibration, handedOver = [], signal }: CheckOptions,
): Promise<readonly CheckedSegment[]> {
  const first = claim.segments[0]?.result;
  if (first === undefined) return [];
  const { replica, kernelClass: minerClass } = first;
  const checkerClass = engine.describe().kernelClass;
  const pair = findPair(calibration, { minerClass, checkerClass, temperature: claim.params.temperature });
  const checked: CheckedSegment[] = [];
  for (const signed of handedOver.filter((one) => one.replica === replica)) {
    const check = await checkHandedOver(engine, claim, signed, signal);
    checked.push({
      miner: signed.miner,
      replica,
      segment: signed.segment,
      verdict: verdictOf(check, pair?.windows ?? []),
      isByMarginsAlone: true,
      ...(check.kind === "scored" ? { score: check.score } : {}),
      ...(pair === undefined ? {} : { pair }),
    });
  }
  return checked;
}
