import { describe, expect, it } from "vitest";
import { z } from "zod";
import { debitSchema, resultSchema, taskSchema } from "./jsonStruct.js";
import { ZERO_BYTES32 } from "./primitives.js";
import type { Result } from "./result.js";
import type { Task } from "./task.js";

const task: Task = {
  account: 1,
  session: ZERO_BYTES32,
  seq: 2,
  modelId: ZERO_BYTES32,
  promptCommit: ZERO_BYTES32,
  paramsHash: ZERO_BYTES32,
  maxIn: 100,
  maxOut: 200,
  feeCapWei: 10n ** 20n,
  deadline: 1_900_000_000,
  userNonce: ZERO_BYTES32,
  privacy: "open",
  redundancy: 1,
};

const result: Result = {
  taskId: ZERO_BYTES32,
  miner: `0x${"ab".repeat(20)}`,
  replica: 0,
  segment: 1,
  from: 32,
  to: 40,
  tokenRoot: ZERO_BYTES32,
  fpRoot: ZERO_BYTES32,
  recipeHash: ZERO_BYTES32,
  outCommit: ZERO_BYTES32,
  nIn: 5,
  nOut: 8,
  finish: "length",
  kernelClass: ZERO_BYTES32,
  tFirstMs: 1,
  tTotalMs: 2,
};

describe("struct schemas", () => {
  it("read what they wrote", () => {
    expect(taskSchema.parse(JSON.parse(JSON.stringify(z.encode(taskSchema, task))))).toEqual(task);
    expect(resultSchema.parse(JSON.parse(JSON.stringify(z.encode(resultSchema, result))))).toEqual(result);
  });

  it.each([
    { redundancy: 0 },
    { redundancy: 8 },
    { privacy: "secret" },
    { maxOut: 131_073 },
    { account: 2 ** 32 },
    { feeCapWei: "-1" },
    { feeCapWei: "1e3" },
    { deadline: 1.5 },
    { session: `0x${"AB".repeat(32)}` },
    { extra: 1 },
    { seq: undefined },
  ])("refuse a task with %o", (change) => {
    expect(taskSchema.safeParse({ ...z.encode(taskSchema, task), ...change }).success).toBe(false);
  });

  it("refuse a result whose count is not its range", () => {
    expect(resultSchema.safeParse({ ...z.encode(resultSchema, result), nOut: 9 }).success).toBe(false);
  });

  it("refuse to write an amount that no field holds", () => {
    const debit = {
      account: 1,
      lane: result.miner,
      cumulativeWei: 1n << 96n,
      receiptsRoot: ZERO_BYTES32,
      count: 0,
      epoch: 0,
    };
    expect(z.safeEncode(debitSchema, debit).success).toBe(false);
  });
});
