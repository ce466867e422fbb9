import { auditRatePpm, dutyBound, hexToBytes, isBelow } from "@cortensor/protocol";
import type { SimMiner } from "../network/simMiner.js";
import type { SimTask } from "../network/simTask.js";
import type { World } from "../network/world.js";

/** From a result to its check: validators take them as they come. */
const CHECK_DELAY_MS = 60_000;

/** Each validator's own secret says whether it has to check a task; the rate is that of its least trusted miner. */
export function drawDuties(world: World, task: SimTask): void {
  const bound = boundOf(world, ratePpmOf(world, task));
  const taskId = hexToBytes(task.taskId);
  for (let index = 0; index < world.validators.length; index += 1) {
    const validator = world.validators[index];
    if (validator === undefined || !isBelow(validator.draw(taskId), bound)) continue;
    task.openAudits += 1;
    world.events.add(world.nowMs - Math.log(1 - world.random()) * CHECK_DELAY_MS, "check", task.index, index);
  }
}

function ratePpmOf(world: World, task: SimTask): number {
  const { auditRatesPpm: rates } = world.config;
  if (rates !== undefined) return rates[world.epoch % rates.length] ?? 0;
  return task.segments.reduce((most, { maker }) => Math.max(most, rateOf(world, maker)), 0);
}

function rateOf(world: World, { delivered, reputationPpm }: SimMiner): number {
  return auditRatePpm({ tasks: delivered, reputationPpm }, world.config.auditRules);
}

/** Validators have equal stakes, so one bound is everybody's; rates are as many as reputations, and change once an epoch. */
function boundOf({ bounds, validators }: World, ratePpm: number): Uint8Array {
  const kept = bounds.get(ratePpm);
  if (kept !== undefined) return kept;
  const bound = dutyBound(ratePpm, { weight: 1n, total: BigInt(validators.length) });
  bounds.set(ratePpm, bound);
  return bound;
}
