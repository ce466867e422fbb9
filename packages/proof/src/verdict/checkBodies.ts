import type { Engine } from "@cortensor/engine";
import type { Address, SegmentBody } from "@cortensor/protocol";
import type { Calibration, PairCalibration } from "../calibration/calibration.js";
import { findPair } from "../calibration/maySlash.js";
import { checkReplica } from "../check/checkReplica.js";
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
  /** Absent when the segment contradicts itself: then nothing was scored. */
  readonly score?: TaskScore;
  /** What its thresholds come from; absent when nothing is calibrated for the pair of classes at this temperature. */
  readonly pair?: PairCalibration;
};

export type CheckOptions = {
  readonly calibration?: Calibration;
  /** Makes each segment again by its recipe too (T2): as long as the answer took. */
  readonly hasReplay: boolean;
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
  { calibration, hasReplay, signal }: CheckOptions,
): Promise<readonly CheckedSegment[]> {
  const claim = await claimOfBodies(engine, bodies, facts);
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
  return checked;
}
