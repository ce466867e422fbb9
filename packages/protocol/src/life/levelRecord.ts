import { LEVEL_MAX } from "../limits.js";
import type { UnixSeconds } from "../primitives.js";
import { UNPROVED_LEVEL_MAX } from "./levelGrants.js";

/** How a node did at one of the network's tasks: right and in time; wrong or too slow; not there. */
export const OUTCOMES = ["passed", "failed", "missed"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What a task of each difficulty asks. Difficulty 1 is liveness: whether a node answers at all. The others are capability. */
export type Demand = {
  /** Least tokens of the answer. */
  readonly tokensMin: number;
  /** Most time for it, from its start to its precommit. */
  readonly secondsMax: number;
};

/** By difficulty, 1…10: each asks at least as much as the one below, and a higher speed. */
export const DEMANDS: readonly Demand[] = [
  { tokensMin: 8, secondsMax: 60 },
  { tokensMin: 64, secondsMax: 60 },
  { tokensMin: 128, secondsMax: 60 },
  { tokensMin: 256, secondsMax: 60 },
  { tokensMin: 384, secondsMax: 60 },
  { tokensMin: 512, secondsMax: 60 },
  { tokensMin: 768, secondsMax: 60 },
  { tokensMin: 1_024, secondsMax: 60 },
  { tokensMin: 2_048, secondsMax: 60 },
  { tokensMin: 4_096, secondsMax: 60 },
];

/** Tries of the next difficulty that a node passes on end to rise by one. */
export const RISE_PASSES = 3;
/** Tasks of its own level that are looked at: the latest. */
export const KEEP_WINDOW = 10;
/** Of them, so many not passed cost a level. */
export const FALL_MISSES = 4;
/** Changes of level that a record keeps. */
export const LEVEL_HISTORY_MAX = 32;

export type LevelChange = { readonly level: number; readonly atSeconds: UnixSeconds };

/** What is known of a node's capability: the level, and what the next change of it depends on. */
export type LevelRecord = {
  readonly level: number;
  /** Outcomes at the level's own difficulty since it has it, latest last; at most `KEEP_WINDOW`. */
  readonly kept: readonly Outcome[];
  /** Passes on end at the next difficulty. */
  readonly passes: number;
  /** Tasks in all. */
  readonly tasks: number;
  /** Earlier levels and when each began, latest last; at most `LEVEL_HISTORY_MAX`. */
  readonly history: readonly LevelChange[];
};

export const UNKNOWN_LEVEL: LevelRecord = { level: 0, kept: [], passes: 0, tasks: 0, history: [] };

/**
 * The difficulty of a node's next task: by turns its own level's and the next one's. Never more than one above its level, so that a weak node
 * never gets hard work; a node of level 0 always gets the first, one of its highest level always its own.
 */
export function nextDifficulty(record: LevelRecord, isProved: boolean): number {
  const { level, tasks } = record;
  if (level === 0) return 1;
  return level >= highestLevel(isProved) || tasks % 2 === 0 ? level : level + 1;
}

/** How an answer did at a difficulty, 1…10. One that is wrong failed, however fast. */
export function outcomeOf(
  difficulty: number,
  answer: { readonly isRight: boolean; readonly tokens: number; readonly seconds: number } | undefined,
): Outcome {
  if (answer === undefined) return "missed";
  const demand = DEMANDS[difficulty - 1];
  if (demand === undefined) throw new RangeError(`a difficulty is 1 to ${LEVEL_MAX}`);
  const isEnough = answer.tokens >= demand.tokensMin && answer.seconds <= demand.secondsMax;
  return answer.isRight && isEnough ? "passed" : "failed";
}

/**
 * The record after one more task, at the difficulty that `nextDifficulty` says. Three passes on end at the next difficulty raise the level by one; four
 * of the latest ten tasks of its own that weren't passed lower it by one. After a change both are counted anew.
 */
export function withOutcome(
  record: LevelRecord,
  of: { readonly outcome: Outcome; readonly isProved: boolean; readonly atSeconds: UnixSeconds },
): LevelRecord {
  const { outcome, isProved, atSeconds } = of;
  const isTry = nextDifficulty(record, isProved) > record.level;
  const next = { ...record, tasks: record.tasks + 1 };
  if (isTry) {
    const passes = outcome === "passed" ? record.passes + 1 : 0;
    return passes < RISE_PASSES ? { ...next, passes } : atLevel(next, record.level + 1, atSeconds);
  }
  const kept = [...record.kept, outcome].slice(-KEEP_WINDOW);
  const isFallen = kept.filter((each) => each !== "passed").length >= FALL_MISSES;
  return isFallen ? atLevel(next, record.level - 1, atSeconds) : { ...next, kept };
}

/** Highest level of an engine. */
export function highestLevel(isProved: boolean): number {
  return isProved ? LEVEL_MAX : UNPROVED_LEVEL_MAX;
}

function atLevel(record: LevelRecord, level: number, atSeconds: UnixSeconds): LevelRecord {
  const history = [...record.history, { level, atSeconds }].slice(-LEVEL_HISTORY_MAX);
  return { ...record, level, kept: [], passes: 0, history };
}
