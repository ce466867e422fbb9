import type { TaskFinding } from "../duty/taskFinding.js";
import type { Address, Bytes32 } from "../primitives.js";
import { type AuditedTask, speedPpmOf } from "../reputation/reputationAt.js";
import { isDelivered, settledWork, type WorkMemory } from "./workMemory.js";
import type { WorkPart } from "./workRecord.js";

/** What all tiers found of one miner's result of a task. */
export type WorkFinding = {
  /** See `setEntryId`. */
  readonly id: Bytes32;
  readonly miner: Address;
  readonly finding: TaskFinding;
};

/** Tokens beyond the first that say something about speed. */
const TIMED_TOKENS_MIN = 16;

/**
 * Findings with what the published work says of the tasks: their model, and how fast they were made. A finding of a task that no record tells of, or of a miner
 * without a paid part in it, counts nothing, nor does a pass of a task with its client's own seed, nor anything of a sealed one, whose words no validator is shown.
 */
export function auditedWork(memory: WorkMemory, findings: readonly WorkFinding[]): readonly AuditedTask[] {
  if (findings.length === 0) return [];
  const speeds = classSpeeds(memory);
  return findings.flatMap(({ id, miner, finding }): AuditedTask[] => {
    const known = settledWork(memory, id);
    const part = known?.task.parts.find((one) => one.miner === miner && isDelivered(one, known.payees));
    if (known === undefined || part === undefined) return [];
    const { modelId, isSeeded, isSealed } = known.task;
    if (isSealed === true) return [];
    if (finding === "passed" && isSeeded) return [];
    const speedPpm = speedOf(part, speeds.get(classKey(modelId, part)));
    return [{ taskId: id, miner, modelId, finding, ...(speedPpm === undefined ? {} : { speedPpm }) }];
  });
}

/**
 * What each kernel class makes of a model, in tokens per thousand seconds: the median (the lower of two) over paid parts of the kept epochs, of tokens after the first per
 * time after the first. So no single miner's word, nor a router's, says what is usual.
 */
export function classSpeeds(memory: WorkMemory): ReadonlyMap<string, number> {
  const all = new Map<string, number[]>();
  for (const id of memory.settled.keys()) {
    const known = settledWork(memory, id);
    for (const part of known?.task.parts ?? []) {
      const speed = known !== undefined && isDelivered(part, known.payees) ? milliSpeed(part) : undefined;
      if (known === undefined || speed === undefined) continue;
      const key = classKey(known.task.modelId, part);
      const some = all.get(key);
      if (some === undefined) all.set(key, [speed]);
      else some.push(speed);
    }
  }
  return new Map([...all].map(([key, some]) => [key, medianOf(some)]));
}

/** Undefined of a part too short to say. */
function timed({ nOut, tFirstMs, tTotalMs }: WorkPart): { tokens: number; milliseconds: number } | undefined {
  const [tokens, milliseconds] = [nOut - 1, tTotalMs - tFirstMs];
  return tokens >= TIMED_TOKENS_MIN && milliseconds >= 1 ? { tokens, milliseconds } : undefined;
}

function milliSpeed(part: WorkPart): number | undefined {
  const time = timed(part);
  return time && Math.max(1, Math.floor((time.tokens * 1_000_000) / time.milliseconds));
}

function speedOf(part: WorkPart, classMilliTokensPerSecond: number | undefined): number | undefined {
  const time = timed(part);
  if (time === undefined || classMilliTokensPerSecond === undefined) return undefined;
  return speedPpmOf({ ...time, classMilliTokensPerSecond });
}

function classKey(modelId: Bytes32, { kernelClass }: WorkPart): string {
  return `${modelId} ${kernelClass}`;
}

function medianOf(some: readonly number[]): number {
  const ordered = [...some].sort((left, right) => left - right);
  return ordered[(ordered.length - 1) >> 1] ?? 1;
}
