import type { NetworkTaskRecord, SeatedTask } from "@cortensor/chain";
import {
  type Address,
  type Bytes32,
  type NodeLife,
  SILENCE_SECONDS,
  UNREGISTERED,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { createMetrics, silentLogger } from "@cortensor/runtime";
import { describe, expect, it } from "vitest";
import type { WatchedTask } from "../host/index.js";
import { DeadlineDesk, type NodeWatch, overdueOf } from "./deadlineDesk.js";
import { createGuardMetrics } from "./metrics.js";

const NOW = 1_000_000;
const GUARD: Address = `0x${"0a".repeat(20)}`;
const NODE: Address = `0x${"0b".repeat(20)}`;
const TASK: Bytes32 = `0x${"0c".repeat(32)}`;
/** Longer than any guard waits for another. */
const WAIT = 20;

const SEATED: SeatedTask = {
  ...{ phase: "created", ending: undefined, deadlineSeconds: NOW, startedAtSeconds: 0 },
  ...{
    creators: [],
    creatorTurn: 0,
    preparers: [],
    preparerTurn: 0,
    topicHash: ZERO_BYTES32,
    questionsHash: ZERO_BYTES32,
  },
  ...{ solvers: [], scorers: [], precommitted: [], committed: [], scored: [] },
};
const task = (seated: Partial<SeatedTask> = {}): WatchedTask => ({
  ...{
    taskId: TASK,
    difficulty: 1,
    requestedEpoch: 0,
    preparedEpoch: undefined,
    claims: [],
    precommittedAt: new Map(),
  },
  seated: { ...SEATED, ...seated },
});
const life = (change: Partial<NodeLife> = {}): NodeLife => ({
  ...UNREGISTERED,
  ...{ state: "active", seenAtSeconds: NOW - SILENCE_SECONDS, verifiedUntilSeconds: NOW + 1_000 },
  ...change,
});

describe("what is overdue", () => {
  const at = (nowSeconds: number, guard = GUARD) =>
    overdueOf({ tasks: [task()], lives: [{ node: NODE, life: life() }], guard, nowSeconds });

  it("is nothing before its second, and all of it once every guard's turn has come", () => {
    expect(at(NOW - 1)).toEqual([]);
    expect(at(NOW + WAIT).map(({ kind }) => kind)).toEqual(["task", "node"]);
  });

  it("is one guard's turn after the other's", () => {
    const guards = Array.from({ length: 16 }, (_, index): Address => `0x${index.toString(16).padStart(40, "0")}`);
    const first = (guard: Address): number =>
      Array.from({ length: WAIT }, (_, wait) => wait).findIndex((wait) => at(NOW + wait, guard).length > 0);
    expect(new Set(guards.map(first)).size).toBeGreaterThan(4);
  });

  it("isn't what ended, or what nothing runs out of", () => {
    const lives = [{ node: NODE, life: life({ state: "registered" }) }];
    const tasks = [task({ phase: "ended" }), { ...task(), seated: undefined }];
    expect(overdueOf({ tasks, lives, guard: GUARD, nowSeconds: NOW + WAIT })).toEqual([]);
  });
});

describe("a guard", () => {
  it("enforces each deadline once, unless another has", async () => {
    const sent: string[] = [];
    let current = life();
    let isDone = false;
    const record = (): NetworkTaskRecord => (isDone ? task({ phase: "ended" }) : task());
    const chain: NodeWatch = {
      times: { t0: 0, epochSeconds: 600 },
      firstBlock: 0n,
      readHead: async () => ({ blockNumber: 5n, timestamp: NOW + WAIT }),
      findBlockBefore: async () => undefined,
      readTaskEvents: async () => (sent.length === 0 ? [{ kind: "moved", taskId: TASK }] : []),
      readNetworkTask: async () => record(),
      readNodesRequest: async () => undefined,
      listLives: async () => [{ node: NODE, life: current }],
      readLife: async () => current,
      expireNode: async (node) => {
        sent.push(node);
        current = life({ state: "silent" });
      },
      expireTask: async () => {
        // Another was faster by a block.
        isDone = true;
        throw new Error("Ended");
      },
    };
    const metrics = createMetrics();
    const desk = new DeadlineDesk({ chain, guard: GUARD, metrics: createGuardMetrics(metrics), log: silentLogger });
    expect(await desk.enforce(NOW + WAIT)).toBeGreaterThan(NOW + WAIT);
    await desk.enforce(NOW + WAIT);
    expect(sent).toEqual([NODE]);
    const { body } = await metrics.render();
    expect(body).toContain('guard_deadlines_total{of="node",outcome="done"} 1');
    expect(body).toContain('guard_deadlines_total{of="task",outcome="superseded"} 1');
  });
});
