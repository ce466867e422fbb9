import { describe, expect, it } from "vitest";
import { TASK_ROWS_MAX, type TaskRow, withEvent } from "./taskRows.js";

const id = (n: number) => `0x${n.toString(16).padStart(64, "0")}` as const;
const started = (n: number) => ({ kind: "taskStarted", taskId: id(n), model: "m", miner: "0xaa", atMs: n }) as const;

describe("withEvent", () => {
  it("follows a task from its start to its acknowledged receipt", () => {
    let rows: readonly TaskRow[] = withEvent([], started(1));
    expect(rows[0]?.state).toBe("running");
    const ended = {
      finish: "stop" as const,
      nIn: 3,
      nOut: 5,
      feeWei: 7n,
      miners: ["0xaa" as const, "0xbb" as const],
      atMs: 2,
    };
    rows = withEvent(rows, { kind: "taskEnded", taskId: id(1), ...ended });
    expect(rows[0]).toMatchObject({ state: "ended", nOut: 5, feeWei: 7n, miners: ["0xaa", "0xbb"] });
    rows = withEvent(rows, { kind: "receiptAcknowledged", taskId: id(1), atMs: 3 });
    expect(rows[0]?.state).toBe("acknowledged");
  });
  it("keeps the newest rows first and no more than it shows", () => {
    let rows: readonly TaskRow[] = [];
    for (let n = 0; n < TASK_ROWS_MAX + 5; n += 1) rows = withEvent(rows, started(n));
    expect(rows).toHaveLength(TASK_ROWS_MAX);
    expect(rows[0]?.taskId).toBe(id(TASK_ROWS_MAX + 4));
  });
  it("ignores events of tasks it doesn't show", () => {
    const rows = withEvent([], started(1));
    expect(withEvent(rows, { kind: "receiptAcknowledged", taskId: id(2), atMs: 3 })).toEqual(rows);
  });
});
