import { agedCounts, availabilityPpm, dutyDraw, keptShare, reputationPpm } from "@cortensor/protocol";
import { check, dispute, jury } from "../audit/judge.js";
import type { SimEvent } from "../events/eventQueue.js";
import { settle } from "../money/settle.js";
import type { WorldConfig } from "./config.js";
import { wordOf } from "./identity.js";
import { arrive, refuseWaiting, serveWaiting, step } from "./serve.js";
import { violationsOf } from "./violations.js";
import { EVENT_KINDS, type EventKind, World } from "./world.js";

export type WorldResult = {
  readonly seed: number;
  readonly events: number;
  /** Equal for two runs only if they took the same steps. */
  readonly traceHash: string;
  /** What must always hold and didn't, in words. */
  readonly violations: readonly string[];
  readonly world: World;
};

/** Runs a network from its seed until everything it began has ended. Pure: the same configuration, the same result. */
export function runWorld(config: WorldConfig): WorldResult {
  const world = new World(config);
  newEpoch(world);
  world.events.add(0, "arrive", 0);
  for (let event = world.events.take(); event !== undefined; event = world.events.take()) {
    world.nowMs = event.atMs;
    world.handled += 1;
    world.trace.add(event.atMs, EVENT_KINDS.indexOf(event.kind), event.subject, event.detail);
    handle(world, event);
  }
  refuseWaiting(world);
  settle(world);
  const { handled: events, trace } = world;
  return { seed: config.seed, events, traceHash: trace.hex, violations: violationsOf(world), world };
}

function handle(world: World, { kind, subject, detail }: SimEvent<EventKind>): void {
  if (kind === "arrive") arrive(world);
  else if (kind === "epoch") newEpoch(world);
  else if (kind === "return") {
    world.miners[subject]?.comeBack();
    serveWaiting(world);
  } else {
    const task = world.tasks[subject];
    if (task === undefined) throw new RangeError(`no task ${subject}`);
    TASK_HANDLERS[kind](world, task, detail);
  }
}

const TASK_HANDLERS = { step, check, dispute, jury };

/** Validators have new secrets, miners the reputation that their audits earned them, and what is over is settled. */
function newEpoch(world: World): void {
  const { config, epoch } = world;
  const kept = keptShare(config.epochMs / 1_000);
  for (const [index, validator] of world.validators.entries()) {
    validator.draw = dutyDraw(wordOf(`secret ${index}`, config.seed, epoch));
  }
  for (const miner of world.miners) {
    if (epoch > 0) miner.record = agedCounts(miner.record, kept);
    miner.reputationPpm = reputationPpm({ ...miner.record, availabilityPpm: availabilityPpm(miner) });
  }
  settle(world);
  if (world.nowMs < world.endMs) world.events.add(world.nowMs + config.epochMs, "epoch", epoch + 1);
}
