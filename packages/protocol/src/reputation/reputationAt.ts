import { PPM } from "../duty/auditRate.js";
import type { TaskFinding } from "../duty/taskFinding.js";
import { ProtocolError } from "../errors.js";
import type { ReputationLeaf } from "../guards/epochLeaves.js";
import { type Address, type Bytes32, isAddress, isBytes32 } from "../primitives.js";
import { type AuditCounts, agedCounts, NO_AUDITS, withFinding } from "./auditCounts.js";
import { keptShare } from "./keptShare.js";
import { availabilityPpm, type Deliveries } from "./reputationPpm.js";

/** A new speed moves the average this part of the way. */
const SPEED_PARTS = 8;
const WHAT = "reputation records";

/** What was found of one miner's result of one task: see `taskFinding`. */
export type AuditedTask = {
  readonly taskId: Bytes32;
  readonly miner: Address;
  readonly modelId: Bytes32;
  readonly finding: TaskFinding;
  /** How fast it was made, of what its class and model make: see `speedPpmOf`. Counts when it passed. */
  readonly speedPpm?: number;
};

/** What one miner did with one model in one epoch. */
export type EpochDeliveries = Deliveries & { readonly miner: Address; readonly modelId: Bytes32 };

/** An epoch's public records of audits and deliveries. Tasks with the client's own seed aren't among the audited that passed. */
export type EpochWork = {
  readonly epoch: number;
  readonly audited: readonly AuditedTask[];
  readonly deliveries: readonly EpochDeliveries[];
};

/** All that is known of a miner with a model. Its leaf follows from it: see `reputationLeaf`. */
export type Reputation = AuditCounts &
  Deliveries & {
    readonly miner: Address;
    readonly modelId: Bytes32;
    /** 0 before the first audited task. */
    readonly speedPpm: number;
  };

/** `min(1, speed ÷ the class's speed)` of one result, in millionths, rounded down. Throws PROTOCOL_OUT_OF_RANGE for what can't be. */
export function speedPpmOf(of: {
  readonly tokens: number;
  readonly milliseconds: number;
  /** Tokens in a thousand seconds: what the kernel class makes of the model. */
  readonly classMilliTokensPerSecond: number;
}): number {
  const { tokens, milliseconds, classMilliTokensPerSecond } = of;
  for (const [field, value] of Object.entries({ tokens, milliseconds, classMilliTokensPerSecond })) {
    if (Number.isSafeInteger(value) && value > 0) continue;
    throw new ProtocolError({ code: "PROTOCOL_OUT_OF_RANGE", field, value: String(value), range: "1…2^53−1" });
  }
  const ppm = (BigInt(tokens) * 1_000_000n * BigInt(PPM)) / (BigInt(milliseconds) * BigInt(classMilliTokensPerSecond));
  return Number(ppm < BigInt(PPM) ? ppm : BigInt(PPM));
}

/**
 * Every miner's reputation at the end of an epoch, from the whole history: a fold over its epochs, one after the other, those without records too. Each ages all
 * counts by an epoch, then adds its own. By miner, then model. Throws PROTOCOL_BAD_RECORD for an epoch or a task that comes twice.
 */
export function reputationAt(
  epoch: number,
  of: { readonly epochSeconds: number; readonly history: readonly EpochWork[] },
): readonly Reputation[] {
  const works = of.history.filter((work) => work.epoch <= epoch).sort((left, right) => left.epoch - right.epoch);
  checkHistory(works);
  let known: readonly Reputation[] = [];
  let next = works[0]?.epoch ?? epoch;
  for (const work of works) {
    for (; next < work.epoch; next += 1) known = nextReputation(known, { epochSeconds: of.epochSeconds });
    known = nextReputation(known, { epochSeconds: of.epochSeconds, work });
    next += 1;
  }
  for (; next <= epoch; next += 1) known = nextReputation(known, { epochSeconds: of.epochSeconds });
  return known;
}

/** One epoch's step of `reputationAt`, for whoever keeps what it was before. */
export function nextReputation(
  before: readonly Reputation[],
  of: { readonly epochSeconds: number; readonly work?: Omit<EpochWork, "epoch"> },
): readonly Reputation[] {
  const kept = keptShare(of.epochSeconds);
  const known = new Map(before.map((one) => [keyOf(one), { ...one, ...agedCounts(one, kept) }]));
  const { audited = [], deliveries = [] } = of.work ?? {};
  checkWork(audited, deliveries);
  const at = (one: { readonly miner: Address; readonly modelId: Bytes32 }): Reputation =>
    known.get(keyOf(one)) ?? { ...unknown(one.miner, one.modelId) };
  for (const one of [...audited].sort(byTask)) {
    const old = at(one);
    const isTimed = one.finding === "passed" && one.speedPpm !== undefined;
    const speedPpm = isTimed ? averaged(old.speedPpm, one.speedPpm) : old.speedPpm;
    known.set(keyOf(one), { ...old, ...withFinding(old, one.finding), speedPpm });
  }
  for (const one of deliveries) {
    const old = at(one);
    const { accepted, delivered } = one;
    known.set(keyOf(one), { ...old, accepted: old.accepted + accepted, delivered: old.delivered + delivered });
  }
  return [...known.values()].sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
}

/** What guards attest of it. */
export function reputationLeaf(of: Reputation): ReputationLeaf {
  const { miner, modelId, passedMicro, failedMicro, speedPpm } = of;
  return { miner, modelId, passedMicro, failedMicro, availabilityPpm: availabilityPpm(of), speedPpm };
}

function unknown(miner: Address, modelId: Bytes32): Reputation {
  return { miner, modelId, ...NO_AUDITS, accepted: 0, delivered: 0, speedPpm: 0 };
}

/** `⌊(7 × before + new) ÷ 8⌋`; the first is taken as it is. */
function averaged(before: number, speedPpm: number): number {
  return before === 0 ? speedPpm : Math.floor(((SPEED_PARTS - 1) * before + speedPpm) / SPEED_PARTS);
}

function checkHistory(works: readonly EpochWork[]): void {
  if (new Set(works.map(({ epoch }) => epoch)).size !== works.length) refuse("an epoch twice");
  const tasks = works.flatMap(({ audited }) => audited.map(taskKey));
  if (new Set(tasks).size !== tasks.length) refuse("a miner's task audited twice");
}

function checkWork(audited: readonly AuditedTask[], deliveries: readonly EpochDeliveries[]): void {
  if (new Set(audited.map(taskKey)).size !== audited.length) refuse("a miner's task audited twice");
  if (new Set(deliveries.map(keyOf)).size !== deliveries.length) refuse("a miner's deliveries twice");
  for (const { miner, modelId } of [...audited, ...deliveries]) {
    if (!isAddress(miner) || !isBytes32(modelId)) refuse("a miner that is no address, or a model that is no word");
  }
  for (const one of deliveries) availabilityPpm(one);
  for (const { taskId, speedPpm = 0 } of audited) {
    if (!isBytes32(taskId)) refuse("a task id that is no word");
    if (!Number.isInteger(speedPpm) || speedPpm < 0 || speedPpm > PPM) refuse("a speed out of range");
  }
}

function byTask(left: AuditedTask, right: AuditedTask): number {
  return left.taskId < right.taskId ? -1 : 1;
}

function taskKey({ taskId, miner, modelId }: AuditedTask): string {
  return `${taskId} ${miner} ${modelId}`;
}

function keyOf({ miner, modelId }: { readonly miner: Address; readonly modelId: Bytes32 }): string {
  return `${miner} ${modelId}`;
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: WHAT, reason });
}
