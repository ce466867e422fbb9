import type { LevelEvent } from "@cortensor/chain";
import { LEVEL_SECONDS } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { levelsAt } from "../src/audit/levelsAt.js";

const node = `0x${"11".repeat(20)}` as const;
const other = `0x${"22".repeat(20)}` as const;
const assessor = `0x${"aa".repeat(20)}` as const;
const added: LevelEvent = { kind: "assessorAdded", assessor, atSeconds: 10 };
const removed = (atSeconds: number): LevelEvent => ({ kind: "assessorRemoved", assessor, atSeconds });
const assessed = (atSeconds: number, level: number, previous: number, of: `0x${string}` = node): LevelEvent => ({
  kind: "assessed",
  node: of,
  assessor,
  level,
  previous,
  atSeconds,
});
const levelOf = (events: readonly LevelEvent[], atSeconds: number) => {
  const { levels, differences } = levelsAt(events, atSeconds);
  expect(differences).toEqual([]);
  const { level, sinceSeconds } = levels.get(node) ?? { level: 0, sinceSeconds: 0 };
  return [level, sinceSeconds];
};

describe("levels from their logs", () => {
  it("are what was found last, since when it was another", () => {
    const events = [added, assessed(20, 3, 0), assessed(30, 3, 3), assessed(40, 7, 3), assessed(45, 9, 0, other)];
    expect(levelOf(events, 19)).toEqual([0, 0]);
    expect(levelOf(events, 20)).toEqual([3, 20]);
    expect(levelOf(events, 39)).toEqual([3, 20]);
    expect(levelOf(events, 50)).toEqual([7, 40]);
  });

  it("lapse after thirty days, and come back when they are found again", () => {
    const events = [added, assessed(20, 3, 0), assessed(20 + LEVEL_SECONDS + 5, 3, 0)];
    expect(levelOf(events, 19 + LEVEL_SECONDS)).toEqual([3, 20]);
    expect(levelOf(events, 20 + LEVEL_SECONDS)).toEqual([0, 20 + LEVEL_SECONDS]);
    expect(levelOf(events, 20 + LEVEL_SECONDS + 5)).toEqual([3, 20 + LEVEL_SECONDS + 5]);
  });

  it("count as long as their assessor does", () => {
    const events: readonly LevelEvent[] = [added, assessed(20, 3, 0), removed(30), { ...added, atSeconds: 40 }];
    expect(levelOf(events, 35)).toEqual([0, 30]);
    expect(levelOf(events, 45)).toEqual([3, 40]);
  });

  it("differ where a log says that another level was there before", () => {
    const { differences } = levelsAt([added, assessed(20, 3, 0), assessed(30, 5, 4)], 40);
    expect(differences).toEqual([{ what: "levelBefore", where: `node ${node} at 30 s`, expected: "3", found: "4" }]);
  });
});
