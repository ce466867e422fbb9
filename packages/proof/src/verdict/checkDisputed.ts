import type { Engine } from "@cortensor/engine";
import { type Bytes32, hasCode, hashResult, NO_DIFF, type SegmentBody } from "@cortensor/protocol";
import { type CheckedSegment, checkBodies } from "./checkBodies.js";
import type { SeedFacts } from "./claimOfBodies.js";
import { type DutyFinding, dutyFinding, uncheckedFinding } from "./dutyFinding.js";

/** Where a disputed task's randomness may come from: the beacons of the epochs that it may have been assigned in, the likeliest first. */
export type DisputedSeeds = { readonly beacons: readonly Bytes32[] };

/**
 * A judge's check of one result: made again by its recipe, with an engine of the result's own model and kernel class, so that it is exact. A result names no epoch, and the
 * receipt's is its router's word: so it is wrong only if it is for every epoch in which the task may have been assigned.
 * @throws CodedError the engine's own
 */
export async function checkDisputed(
  engine: Engine,
  bodies: readonly SegmentBody[],
  { beacons }: DisputedSeeds,
  { resultHash, signal }: { readonly resultHash: Bytes32; readonly signal: AbortSignal },
): Promise<DutyFinding> {
  const { modelId, kernelClass } = engine.describe();
  const disputed = bodies.find(({ result }) => hashResult(result) === resultHash);
  if (disputed === undefined) return uncheckedFinding("withheld");
  const { task, result, params } = disputed;
  if (task.modelId !== modelId || result.kernelClass !== kernelClass) return uncheckedFinding("undecided");
  const own = bodies.filter((body) => body.result.replica === result.replica && body.result.segment <= result.segment);
  const hasOwnSeed = params.userSeed !== undefined || params.temperature === 0;
  let first: DutyFinding | undefined;
  for (const beacon of hasOwnSeed ? beacons.slice(0, 1) : beacons) {
    const checked = await checkOnce(engine, own, { beacon }, { result, signal });
    const finding = dutyFinding(checked);
    if (finding.outcome !== "failed" || finding.firstDiff === NO_DIFF) return finding;
    first ??= finding;
  }
  return first ?? uncheckedFinding("undecided");
}

async function checkOnce(
  engine: Engine,
  bodies: readonly SegmentBody[],
  facts: SeedFacts,
  { result, signal }: { readonly result: SegmentBody["result"]; readonly signal: AbortSignal },
): Promise<readonly CheckedSegment[]> {
  try {
    const checked = await checkBodies(engine, bodies, facts, { hasReplay: true, signal });
    return checked.filter(({ replica, segment }) => replica === result.replica && segment === result.segment);
  } catch (error) {
    if (hasCode(error, "PROOF_BAD_CLAIM")) return [];
    throw error;
  }
}
