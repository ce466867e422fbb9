import { type Assignment, type Result, ZERO_BYTES32 } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { inOrderOf, type Proven, provenPayout } from "./provenPayout.js";
import { addressAt } from "./test/anOffer.js";

function aSegment(parts: {
  readonly replica: number;
  readonly segment: number;
  readonly from: number;
  readonly to: number;
}): Proven {
  const { replica, segment, from, to } = parts;
  const shared = {
    taskId: ZERO_BYTES32,
    miner: addressAt(replica + 1),
    replica,
    segment,
    from,
    kernelClass: ZERO_BYTES32,
  };
  const assignment: Assignment = { ...shared, epoch: 1, expires: 9, weiPerTokenIn: 10n, weiPerTokenOut: 100n };
  const hashes = { tokenRoot: ZERO_BYTES32, fpRoot: ZERO_BYTES32, recipeHash: ZERO_BYTES32, outCommit: ZERO_BYTES32 };
  const counts = { nIn: 7, nOut: to - from, finish: "abort", tFirstMs: 0, tTotalMs: 0 } as const;
  const result: Result = { ...shared, to, ...hashes, ...counts };
  return { offered: { assignment, result }, ackedTo: to };
}

describe("what signed words alone prove of a task", () => {
  it("pays each replica's prompt once, to its first segment, whatever order they were offered in", () => {
    const gathered = [
      aSegment({ replica: 1, segment: 0, from: 0, to: 32 }),
      aSegment({ replica: 0, segment: 1, from: 32, to: 64 }),
      aSegment({ replica: 0, segment: 0, from: 0, to: 32 }),
    ];
    const { payees, feeWei, paidIn, paidOut } = provenPayout(inOrderOf(gathered));
    expect(payees.map(({ replica, segment, wei }) => [replica, segment, wei])).toEqual([
      [0, 0, 70n + 3_200n],
      [0, 1, 3_200n],
      [1, 0, 70n + 3_200n],
    ]);
    expect([feeWei, paidIn, paidOut]).toEqual([9_740n, 14, 96]);
  });

  it("is nothing without any", () => {
    expect(provenPayout([])).toEqual({ payees: [], feeWei: 0n, paidIn: 0, paidOut: 0 });
  });
});
