import { chooseMiner } from "@cortensor/node";
import { type Address, payeesOf } from "@cortensor/protocol";
import { drawDuties } from "../audit/duties.js";
import { bookReceipt } from "../money/bookReceipt.js";
import { GAIN_BPS } from "./config.js";
import type { SimMiner } from "./simMiner.js";
import type { SimSegment, SimTask, TaskEnd } from "./simTask.js";
import { MAX_OUT, PRICES, type World } from "./world.js";

const CHECKPOINT_TOKENS = 32;
const AWAY_MS = 120_000;
const NOBODY: ReadonlySet<Address> = new Set();

/** A client asks: its fee is held, and it waits its turn or has a miner at once. */
export function arrive(world: World): void {
  const next = world.nowMs - Math.log(1 - world.random()) / world.arrivalsPerMs;
  if (next < world.endMs) world.events.add(next, "arrive", 0);
  const task = world.newTask();
  if (!world.accounts[task.account]?.hold(task.capWei)) {
    task.end = "refused";
    world.counts.refused += 1;
    return;
  }
  const miner = world.waiting.size === 0 ? choose(world, task) : undefined;
  if (miner === undefined) world.waiting.add(task, world.nowMs);
  else {
    world.waiting.pass(task);
    assign(world, task, miner);
  }
}

/** Tasks that wait are given to whoever has room, in fair turn. */
export function serveWaiting(world: World): void {
  while (world.waiting.size > 0) {
    const taken = world.waiting.take((task) => choose(world, task), world.nowMs);
    if (taken === undefined) return;
    assign(world, taken.task, taken.place);
  }
}

/** The router's own matching; a hand-over may queue at a miner. */
function choose(world: World, task: SimTask, without?: SimMiner): SimMiner | undefined {
  const outcome = chooseMiner(
    {
      tokensMin: task.nIn + MAX_OUT,
      weiPerTokenInMax: PRICES.weiPerTokenIn,
      weiPerTokenOutMax: PRICES.weiPerTokenOut,
      feeCapWei: task.capWei,
      excluded: without === undefined ? NOBODY : new Set([without.miner]),
      ...(task.segments.length > 0
        ? { mayQueue: true as const, kernelClass: task.segments[0]?.maker.kernelClass ?? "0x" }
        : {}),
    },
    { offers: world.miners, rules: world.config.matchRules, random: world.random },
  );
  return outcome.kind === "chosen" ? outcome.offer : undefined;
}

function assign(world: World, task: SimTask, miner: SimMiner): void {
  const before = task.segments.at(-1);
  const from = before?.paidTo ?? 0;
  const { strategy } = miner;
  const isCheated = strategy.cheat !== undefined && strategy.cheats(miner, world.random);
  const segment: SimSegment = {
    maker: miner,
    miner: miner.miner,
    segment: task.segments.length,
    from,
    madeFrom: Math.max(task.made, from),
    paidTo: from,
    nIn: task.nIn,
    ...PRICES,
    isCheated,
    cheatNumber: isCheated ? miner.tally.cheated + 1 : 0,
  };
  // Most tasks have one: an array that grows by itself takes room for many.
  task.segments = task.segments.length === 0 ? [segment] : [...task.segments, segment];
  if (isCheated) miner.tally.cheated += 1;
  miner.tasks += 1;
  miner.ownTasks += 1;
  miner.accepted += 1;
  miner.inFlightWei += task.capWei;
  miner.tokensAhead += task.nOut - from;
  miner.queue.push(task);
  if (miner.queue[0] === task) begin(world, miner, task);
}

/** One task at a time: the prompt, then a checkpoint after each 32 tokens. */
function begin(world: World, miner: SimMiner, task: SimTask): void {
  const readMs = (task.nIn / (world.config.prefillSpeedup * miner.tokensPerSecond)) * 1_000;
  scheduleStep(world, task, readMs);
}

function scheduleStep(world: World, task: SimTask, extraMs: number): void {
  const segment = task.segments.at(-1);
  if (segment === undefined) return;
  const tokens = Math.min(CHECKPOINT_TOKENS, task.nOut - segment.paidTo);
  const ms = extraMs + (tokens / segment.maker.tokensPerSecond) * 1_000;
  world.events.add(world.nowMs + ms, "step", task.index, segment.segment);
}

/** A checkpoint is acknowledged: it is paid from here on. */
export function step(world: World, task: SimTask, segmentIndex: number): void {
  const segment = task.segments.at(-1);
  // A step of a miner that has died since.
  if (segment === undefined || segment.segment !== segmentIndex || task.end !== undefined) return;
  const { maker } = segment;
  const tokens = Math.min(CHECKPOINT_TOKENS, task.nOut - segment.paidTo);
  segment.paidTo += tokens;
  task.made = Math.max(task.made, segment.paidTo);
  maker.tokensAhead -= tokens;
  world.cost.generation +=
    tokens + (segment.paidTo - segment.from === tokens ? task.nIn / world.config.prefillSpeedup : 0);
  if (segment.paidTo >= task.nOut) {
    leave(maker, task);
    // One that works under a new name since delivers nothing for the new one.
    if (maker.miner === segment.miner) maker.delivered += 1;
    world.conduct(maker, "good");
    end(world, task, "delivered");
    const [next] = maker.queue;
    if (next !== undefined) begin(world, maker, next);
    serveWaiting(world);
  } else if (world.random() < world.config.deathsPerCheckpoint) die(world, maker);
  else scheduleStep(world, task, 0);
}

/** Its running task goes on elsewhere from what the client has seen, which may be some tokens past the last checkpoint. */
function die(world: World, miner: SimMiner): void {
  const lost = [...miner.queue];
  const [running] = lost;
  if (running !== undefined) {
    running.made = Math.min(running.nOut - 1, running.made + Math.floor(world.random() * CHECKPOINT_TOKENS));
  }
  for (const task of lost) leave(miner, task);
  miner.leave();
  world.conduct(miner, "died");
  world.events.add(world.nowMs + AWAY_MS, "return", miner.index);
  for (const task of lost) {
    world.counts.handOvers += 1;
    const successor = choose(world, task, miner);
    if (successor === undefined) end(world, task, "cut");
    else assign(world, task, successor);
  }
}

function leave(miner: SimMiner, task: SimTask): void {
  miner.queue.splice(miner.queue.indexOf(task), 1);
  miner.tasks -= 1;
  miner.ownTasks -= 1;
  miner.inFlightWei -= task.capWei;
  miner.tokensAhead -= task.nOut - (task.segments.at(-1)?.paidTo ?? 0);
}

/** The hold becomes a charge, the segments a receipt, and whoever has to check it gets its duty. */
function end(world: World, task: SimTask, how: Exclude<TaskEnd, "refused">): void {
  task.end = how;
  world.counts[how] += 1;
  const payout = payeesOf([{ replica: 0, segments: task.segments, isFinished: how === "delivered" }], task.capWei);
  task.payees = payout.payees;
  task.feeWei = payout.feeWei;
  world.accounts[task.account]?.release(task.capWei, payout.feeWei);
  if (payout.payees.length === 0) return;
  task.fee = "due";
  bookReceipt(world, task, payout);
  countGains(task);
  drawDuties(world, task);
}

/** What a cheated segment saved its maker, whatever comes of it. */
function countGains(task: SimTask): void {
  for (const payee of task.payees) {
    const segment = task.segments[payee.segment];
    if (segment?.isCheated) segment.maker.tally.gainWei += (payee.wei * GAIN_BPS) / 10_000n;
  }
}

/** Nobody could serve those that still wait when all has ended: their holds are released. */
export function refuseWaiting(world: World): void {
  for (const task of world.waiting.tasks()) {
    if (task.end !== undefined) continue;
    task.end = "refused";
    world.counts.refused += 1;
    world.accounts[task.account]?.release(task.capWei, 0n);
  }
}
