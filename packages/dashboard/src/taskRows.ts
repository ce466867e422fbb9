import type { NetworkEvent } from "@cortensor/sdk";

/** Rows kept on the page: what a person can still follow. */
export const TASK_ROWS_MAX = 50;

export type TaskRow = {
  readonly taskId: `0x${string}`;
  readonly atMs: number;
  readonly state: "running" | "ended" | "acknowledged";
  readonly finish?: string;
  readonly nIn?: number;
  readonly nOut?: number;
  readonly feeWei?: bigint;
  readonly miners: readonly string[];
};

/** The rows after one event. Newest first; an event of a task that is no longer shown changes nothing. */
export function withEvent(rows: readonly TaskRow[], event: NetworkEvent): readonly TaskRow[] {
  const change = (taskId: string, apply: (row: TaskRow) => TaskRow) =>
    rows.map((row) => (row.taskId === taskId ? apply(row) : row));
  switch (event.kind) {
    case "taskStarted": {
      const started: TaskRow = { taskId: event.taskId, atMs: event.atMs, state: "running", miners: [event.miner] };
      return [started, ...rows.filter((row) => row.taskId !== event.taskId)].slice(0, TASK_ROWS_MAX);
    }
    case "taskEnded":
      return change(event.taskId, (row) => ({
        ...row,
        state: row.state === "acknowledged" ? row.state : "ended",
        finish: event.finish,
        nIn: event.nIn,
        nOut: event.nOut,
        feeWei: event.feeWei,
        miners: event.miners,
      }));
    case "receiptAcknowledged":
      return change(event.taskId, (row) => ({ ...row, state: "acknowledged" }));
    default:
      return rows;
  }
}
