import { auditRatePpm, auditThreshold, isAudited } from "@cortensor/proof";
import type { SimMiner } from "../network/simMiner.js";
import type { SimTask } from "../network/simTask.js";
import type { World } from "../network/world.js";

/** From a result to its check: validators take them as they come. */
const CHECK_DELAY_MS = 60_000;

/** Each validator's own secret says whether it has to check a task; the rate is that of its least trusted miner. */
export function drawDuties(world: World, task: SimTask): void {
  let points = 0n;
  for (const { maker } of task.segments) {
    const threshold = thresholdOf(world, maker);
    if (threshold > points) points = threshold;
  }
  for (const [index, validator] of world.validators.entries()) {
    if (!isAudited(validator.pointOf(task.taskId), points)) continue;
    task.openAudits += 1;
    world.events.add(world.nowMs - Math.log(1 - world.random()) * CHECK_DELAY_MS, "check", task.index, index);
  }
}

/** Validators have equal stakes, so one threshold is everybody's. */
function thresholdOf(world: World, miner: SimMiner): bigint {
  const ratePpm = auditRatePpm({ tasks: miner.delivered, reputation: miner.reputation }, world.config.auditRules);
  if (miner.threshold.ratePpm !== ratePpm) {
    const totalWei = BigInt(world.validators.length);
    miner.threshold = { ratePpm, points: auditThreshold(ratePpm, { weightWei: 1n, totalWei }) };
  }
  return miner.threshold.points;
}
