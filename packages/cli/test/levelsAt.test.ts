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

  it("are found by the network's tasks, once those are named, without any assessor", () => {
    const tasks = `0x${"bb".repeat(20)}` as const;
    const counted = (atSeconds: number, level: number, previous: number, isSeen = true): LevelEvent => ({
      ...{ kind: "outcomeCounted", node, isSeen, level, previous, atSeconds },
    });
    const named: LevelEvent = { kind: "tasksNamed", tasks, atSeconds: 15 };
    const risen = [named, counted(20, 0, 0), counted(30, 1, 0), counted(40, 1, 1, false)];
    expect(levelOf(risen, 35)).toEqual([1, 30]);
    expect(levelOf(risen, 29 + LEVEL_SECONDS)).toEqual([1, 30]);
    expect(levelOf(risen, 30 + LEVEL_SECONDS)).toEqual([0, 30 + LEVEL_SECONDS]);
    const said = [named, added, assessed(20, 3, 0), counted(25, 3, 3)];
    expect(levelOf([...said, removed(30)], 35), "an assessor's word, however often it is kept").toEqual([0, 30]);
    expect(levelOf([...said, counted(28, 4, 3), removed(30)], 35), "found by rising").toEqual([4, 28]);
    expect(levelOf([...said, removed(30), counted(32, 1, 0)], 35), "found anew").toEqual([1, 32]);
  });

  it("differ where a log says that another level was there before", () => {
    const { differences } = levelsAt([added, assessed(20, 3, 0), assessed(30, 5, 4)], 40);
    expect(differences).toEqual([{ what: "levelBefore", where: `node ${node} at 30 s`, expected: "3", found: "4" }]);
  });
});
