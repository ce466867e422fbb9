import { upperQuantile } from "../statistics/quantile.js";
import { type Interval, wilsonInterval } from "../statistics/wilson.js";
import { compareAnswers } from "./compareAnswers.js";
import type { Vector } from "./vectorDistance.js";

/** Embeddings of copies of one answer. */
export type AnswerGroup = readonly Vector[];

/** What honest copies' distances don't exceed, and what that finds. */
export type DistanceThreshold = {
  /** Copies a task, as it was measured with: the median of more copies lies elsewhere. */
  readonly copies: number;
  /** Cosine distance to the median. */
  readonly outlierAbove: number;
  /** Share of honest answers that it was set to call outliers, at most. */
  readonly falseAlarmsMax: number;
  /** The half of the groups that set no threshold: honest answers above it. */
  readonly held: { readonly answers: number; readonly outliers: number };
  /** The ways to cheat, each in one copy of a group; `found` with its 95 % interval. */
  readonly cheats: readonly {
    readonly name: string;
    readonly answers: number;
    readonly outliers: number;
    readonly found: Interval;
  }[];
};

/**
 * Sets the threshold from every other honest group and says what it does to the rest: the `1 − falseAlarmsMax` quantile of the distances. In each
 * group of a cheat the last answer is the cheat's. Throws RangeError for groups of different sizes, or fewer than two honest ones.
 */
export function calibrateDistance(runs: {
  readonly honest: readonly AnswerGroup[];
  readonly cheats: Readonly<Record<string, readonly AnswerGroup[]>>;
  readonly falseAlarmsMax: number;
}): DistanceThreshold {
  const { honest, cheats, falseAlarmsMax } = runs;
  if (honest.length < 2) throw new RangeError("fewer than two honest groups");
  const copies = honest[0]?.length ?? 0;
  const groups = [...honest, ...Object.values(cheats).flat()];
  if (groups.some((group) => group.length !== copies)) throw new RangeError("groups of different sizes");
  const distances = honest.map((group) => compareAnswers(group, undefined).distances);
  const setting = distances.filter((_, index) => index % 2 === 0).flat();
  const held = distances.filter((_, index) => index % 2 === 1).flat();
  const outlierAbove = upperQuantile(setting, 1 - falseAlarmsMax);
  const outliers = held.filter((distance) => distance > outlierAbove).length;
  return {
    copies,
    outlierAbove,
    falseAlarmsMax,
    held: { answers: held.length, outliers },
    cheats: Object.entries(cheats).map(([name, cheating]) => foundOf(name, cheating, outlierAbove)),
  };
}

function foundOf(name: string, groups: readonly AnswerGroup[], outlierAbove: number) {
  const answers = groups.length;
  const outliers = groups.filter((group) =>
    compareAnswers(group, outlierAbove).outliers.includes(group.length - 1),
  ).length;
  return { name, answers, outliers, found: wilsonInterval(outliers, answers) };
}
