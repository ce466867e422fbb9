import {
  DISPUTE_VALIDATORS,
  drawJury,
  isDisputed,
  juryVerdict,
  netWei,
  type TaskFinding,
  withFinding,
} from "@cortensor/protocol";
import { checkRatio, windowFor } from "../evidence/evidence.js";
import { wordOf } from "../network/identity.js";
import type { SimMiner } from "../network/simMiner.js";
import type { SimSegment, SimTask } from "../network/simTask.js";
import { SPLITS, TYPICAL_FEE_WEI, type Validator, type World } from "../network/world.js";

const REPLAY_DELAY_MS = 30_000;
/** Validators and segments share an event's number. */
const SEGMENTS = 1_024;

/** First tier: one prefill, statistics. */
export function check(world: World, task: SimTask, validatorIndex: number): void {
  const validator = world.validators[validatorIndex];
  if (validator === undefined) return;
  const ratio = checkRatio(world.config.evidence, task.nIn, task.nOut);
  const tokens = ratio * generationTokens(world, task);
  world.counts.checks += 1;
  validator.duties += 1;
  plant(world, validator, tokens);
  task.openAudits -= 1;
  if (validator.kind === "lazy") validator.savedTokens += tokens;
  else world.cost.checking += tokens;
  for (const segment of task.segments) {
    if (segment.paidTo <= segment.madeFrom) continue;
    if (isWrong(world, { task, segment, validator, tokens })) suspect(world, task, segment, validatorIndex);
    else audited(segment.maker, "passed");
  }
}

/** Results known to be wrong, among the others: who passes one didn't look. */
function plant(world: World, validator: Validator, tokens: number): void {
  if (world.random() >= world.config.plantedShare) return;
  if (validator.kind !== "lazy") {
    world.cost.checking += tokens;
    return;
  }
  validator.plantedMissed += 1;
  validator.savedTokens += tokens;
  validator.slashedWei += world.chain.slash(validator, { causeWei: TYPICAL_FEE_WEI, hasHarmed: false }).takenWei;
}

/** What the checker says in the end. Where replays are its own, it makes again what it suspects or can't judge, after another look at it. */
function isWrong(
  world: World,
  of: { readonly task: SimTask; readonly segment: SimSegment; readonly validator: Validator; readonly tokens: number },
): boolean {
  const { task, segment, validator, tokens } = of;
  const isFound = isSuspect(world, segment, validator);
  if (isFound) world.counts.suspects += 1;
  if (isFound && !segment.isCheated) world.counts.honestSuspects += 1;
  if (world.config.replaysBy === "panel" || validator.kind === "lazy") return isFound;
  if (!isFound && isLongEnough(world, segment)) return false;
  world.cost.replaying += tokens;
  return findsWrong(world, task, segment, validator);
}

/** Whether a window is as short as the answer. */
function isLongEnough({ config }: World, { paidTo, madeFrom }: SimSegment): boolean {
  return windowFor(config.evidence.texts[config.text].falseAlarms, paidTo - madeFrom) !== undefined;
}

function isSuspect(world: World, segment: SimSegment, validator: Validator): boolean {
  const { config, counts } = world;
  const { falseAlarms, cheats } = config.evidence.texts[config.text];
  const tokens = segment.paidTo - segment.madeFrom;
  if (!segment.isCheated) counts.honestChecks += 1;
  if (validator.kind === "lazy") return false;
  if (segment.isCheated) {
    if (validator.kind === "allied") return false;
    const window = windowFor(cheats.get(segment.maker.strategy.cheat ?? "") ?? [], tokens);
    return world.random() < ((config.isCautious ? window?.low : window?.share) ?? 0);
  }
  const window = windowFor(falseAlarms, tokens);
  return world.random() < ((config.isCautious ? window?.high : window?.share) ?? 0);
}

function suspect(world: World, task: SimTask, segment: SimSegment, validatorIndex: number): void {
  const { tally } = segment.maker;
  if (segment.isCheated) tally.firstFound = Math.min(tally.firstFound, segment.cheatNumber);
  if (task.fee === "withheld" || task.disputed.includes(segment.segment)) return;
  task.disputed = [...task.disputed, segment.segment];
  task.openAudits += 1;
  world.events.add(world.nowMs + REPLAY_DELAY_MS, "dispute", task.index, validatorIndex * SEGMENTS + segment.segment);
}

/** Second tier: three others make it again by its recipe. */
export function dispute(world: World, task: SimTask, detail: number): void {
  const { segment, finder } = partsOf(world, task, detail);
  if (segment === undefined || finder === undefined) return;
  const panel = panelOf(world, task, segment, finder);
  const votes = panel.map((one) => findsWrong(world, task, segment, one));
  if (!isDisputed(votes)) {
    task.openAudits -= 1;
    audited(segment.maker, "passed");
    return;
  }
  world.events.add(world.nowMs + REPLAY_DELAY_MS, "jury", task.index, detail);
}

/** The panel follows from beacon and task, so that the jury, which has it first, finds it again. */
function panelOf(world: World, task: SimTask, segment: SimSegment, finder: Validator): readonly Validator[] {
  const others = world.validators.filter((one) => one !== finder);
  const jury = drawJury(candidatesOf(others), {
    beacon: wordOf("panel", world.config.seed, task.epoch),
    taskId: task.taskId,
    parties: new Set([segment.maker.owner]),
    validators: new Set(),
    jurorsMax: DISPUTE_VALIDATORS,
  });
  return jury.flatMap(({ juror }) => others.filter(({ address }) => address === juror));
}

/** Third tier. */
export function jury(world: World, task: SimTask, detail: number): void {
  const { segment, finder } = partsOf(world, task, detail);
  if (segment === undefined || finder === undefined) return;
  world.counts.juries += 1;
  const panel = panelOf(world, task, segment, finder);
  const drawn = drawJury(candidatesOf(world.validators), {
    beacon: wordOf("jury", world.config.seed, task.epoch),
    taskId: task.taskId,
    parties: new Set([segment.maker.owner]),
    validators: new Set(panel.map(({ address }) => address)),
  });
  const votes = drawn.flatMap(({ juror }) =>
    world.validators.filter(({ address }) => address === juror).map((one) => findsWrong(world, task, segment, one)),
  );
  task.openAudits -= 1;
  const verdict = juryVerdict(votes);
  if (verdict === "cleared") {
    audited(segment.maker, "passed");
    return;
  }
  audited(segment.maker, "failed");
  withhold(world, task);
  world.counts[verdict] += 1;
  if (!segment.isCheated) world.counts[verdict === "slashed" ? "honestSlashed" : "honestWithheld"] += 1;
  if (verdict === "slashed") slash(world, task, segment);
}

/** Replay is bit-exact in a class: who looks sees what is so, but for the errors that the configuration names. */
function findsWrong(world: World, task: SimTask, segment: SimSegment, validator: Validator): boolean {
  if (validator.kind === "lazy") return false;
  world.cost.replaying += generationTokens(world, task);
  if (!segment.isCheated) return world.random() < world.config.replayErrors;
  return validator.kind !== "allied";
}

function slash(world: World, task: SimTask, segment: SimSegment): void {
  const { maker } = segment;
  const { takenWei, harmedWei } = world.chain.slash(maker, { causeWei: task.feeWei, hasHarmed: true });
  const account = world.accounts[task.account];
  if (account !== undefined) account.harmedWei += harmedWei;
  maker.tally.slashedWei += takenWei;
  maker.tally.slashes += 1;
  const isSpent = maker.stakeWei < 2n * TYPICAL_FEE_WEI;
  if (!isSpent || maker.strategy.isReentering === undefined || maker.miner !== segment.miner) return;
  const freshWei = maker.plannedStakeWei - maker.stakeWei;
  world.mintedWei += freshWei;
  maker.stakeWei += freshWei;
  maker.rename();
  maker.score = world.scores.scoreOf(maker.miner);
}

/** Nobody is paid for the task, and nobody pays. */
function withhold(world: World, task: SimTask): void {
  if (task.fee === "settled") world.chain.violations.push(`${task.taskId} was settled before its audit ended`);
  if (task.fee !== "due") return;
  task.fee = "withheld";
  world.receipts.delete(task.taskId);
  const account = world.accounts[task.account];
  if (account !== undefined) account.spentWei -= task.feeWei;
  for (const payee of task.payees) {
    const maker = task.segments.find(({ segment }) => segment === payee.segment)?.maker;
    if (maker !== undefined) maker.tally.forfeitedWei += netWei(payee.wei, SPLITS);
  }
}

function audited(maker: SimMiner, finding: TaskFinding): void {
  maker.record = withFinding(maker.record, finding);
}

function partsOf(world: World, task: SimTask, detail: number): { segment?: SimSegment; finder?: Validator } {
  const segment = task.segments[detail % SEGMENTS];
  const finder = world.validators[Math.floor(detail / SEGMENTS)];
  return { ...(segment && { segment }), ...(finder && { finder }) };
}

function candidatesOf(validators: readonly Validator[]): { juror: Validator["address"]; owner: Validator["owner"] }[] {
  return validators.map(({ address, owner }) => ({ juror: address, owner }));
}

/** What making a task costs, in the cost of an output token. */
function generationTokens({ config }: World, task: SimTask): number {
  return task.nIn / config.prefillSpeedup + task.made;
}
