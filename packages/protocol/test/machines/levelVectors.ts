import { nextDifficulty, type Outcome, UNKNOWN_LEVEL, withOutcome } from "@cortensor/protocol";
import { diceOf } from "./dice.js";
import { START_SECONDS } from "./parties.js";

const TASKS = 80;

/** How a node did at one task after another, and what was known of it after each, one list for each field. */
export type LevelVector = {
  readonly isProved: boolean;
  readonly outcomes: readonly Outcome[];
  readonly levels: readonly number[];
  readonly passes: readonly number[];
  /** How many outcomes of the own difficulty are looked at. */
  readonly kept: readonly number[];
  /** Of the task after. */
  readonly difficulties: readonly number[];
  /** Latest last. */
  readonly historyLevels: readonly number[];
  readonly historySeconds: readonly number[];
};

export function replayLevel({ isProved, outcomes }: Pick<LevelVector, "isProved" | "outcomes">): LevelVector {
  let record = UNKNOWN_LEVEL;
  const records = outcomes.map((outcome, index) => {
    record = withOutcome(record, { outcome, isProved, atSeconds: START_SECONDS + index });
    return record;
  });
  return {
    isProved,
    outcomes,
    levels: records.map(({ level }) => level),
    passes: records.map(({ passes }) => passes),
    kept: records.map(({ kept }) => kept.length),
    difficulties: records.map((each) => nextDifficulty(each, isProved)),
    historyLevels: record.history.map(({ level }) => level),
    historySeconds: record.history.map(({ atSeconds }) => atSeconds),
  };
}

/** Records of nodes that do well, worse, badly, and so up and down that their history is cut, with both kinds of engines. */
export function levelVectors(): readonly LevelVector[] {
  const lots: readonly (readonly Outcome[])[] = [
    ["passed"],
    ["passed", "passed", "passed", "passed", "passed", "passed", "failed"],
    ["passed", "passed", "missed"],
  ];
  const byChance = lots.map((lot, index) => {
    const dice = diceOf(index);
    return Array.from({ length: TASKS }, () => dice.pick(lot));
  });
  const upAndDown = Array.from({ length: 20 }, () => [
    ...Array.from({ length: 3 }, (): Outcome => "passed"),
    ...Array.from({ length: 8 }, (): Outcome => "failed"),
  ]).flat();
  return [...byChance, upAndDown].flatMap((outcomes) =>
    [true, false].map((isProved) => replayLevel({ isProved, outcomes })),
  );
}
