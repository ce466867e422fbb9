import { createRandom } from "@cortensor/proof";
import { keccak256, utf8ToBytes } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { type CheckedTask, foundInWindows, type WindowsRow } from "./foundInWindows.js";

const word = (text: string) => keccak256(utf8ToBytes(text));
const secrets = Array.from({ length: 50 }, (_, index) => word(`secret ${index}`));
const of = { secrets, ratesPpm: [50_000, 200_000, 500_000], sizes: [1, 4, 16] };
const tasksWhere = (isFound: (task: number) => boolean): readonly CheckedTask[] =>
  Array.from({ length: 640 }, (_, task) => ({ taskId: word(`task ${task}`), isFound: isFound(task) }));
const strays = (rows: readonly WindowsRow[]) => rows.filter(({ isWithin }) => !isWithin);

describe("windows of a cheat's tasks", () => {
  it("are caught as often as 1 − (1 − aδ)ⁿ says, where each task is found or not by itself", () => {
    const random = createRandom(1);
    const rows = foundInWindows({ ...of, tasks: tasksWhere(() => random() < 0.4), confidence: 0.999 });
    expect(rows).toHaveLength(9);
    expect(strays(rows)).toEqual([]);
    expect(rows.map(({ windows }) => windows)).toEqual([640, 160, 40, 640, 160, 40, 640, 160, 40]);
  });

  it("aren't where findings come in runs, and that is seen", () => {
    const rows = foundInWindows({ ...of, tasks: tasksWhere((task) => task % 32 < 16), confidence: 0.999 });
    expect(strays(rows).map(({ auditRate, tasks }) => [auditRate, tasks])).toContainEqual([0.5, 16]);
  });

  it("are never caught where nothing is found", () => {
    const rows = foundInWindows({ ...of, tasks: tasksWhere(() => false) });
    for (const row of rows) expect(row).toMatchObject({ expected: 0, measured: 0, low: 0, isWithin: true });
  });

  it("are refused where there is none", () => {
    expect(() => foundInWindows({ ...of, tasks: [] })).toThrow(RangeError);
    expect(() => foundInWindows({ ...of, tasks: tasksWhere(() => true), sizes: [641] })).toThrow(RangeError);
  });
});
