import type { CutReceipt, ServiceRow } from "@cortensor/books";
import { describe, expect, it } from "vitest";
import { chooseRefunds, judgeService } from "./judgeService.js";

function aRow(epoch: number, change: Partial<ServiceRow> = {}): ServiceRow {
  return { account: 7, epoch, sla: 1, asked: 20, answered: 20, first: 20, late: 0, ...change };
}
const few = (epoch: number, change: Partial<ServiceRow> = {}) =>
  aRow(epoch, { asked: 8, answered: 8, first: 8, ...change });

describe("judging how sessions were served", () => {
  it("judges each epoch with enough requests by itself", () => {
    const judged = judgeService([aRow(3), aRow(4, { answered: 10 })], 5);
    expect(judged.map(({ fromEpoch, epoch, verdict }) => ({ fromEpoch, epoch, verdict }))).toEqual([
      { fromEpoch: 3, epoch: 3, verdict: { kind: "kept" } },
      { fromEpoch: 4, epoch: 4, verdict: { kind: "missed", missed: ["availability"] } },
    ]);
  });

  it("adds epochs up until there are enough, and waits until then", () => {
    expect(judgeService([few(3), few(4)], 5)).toEqual([]);
    expect(judgeService([few(3), few(4, { answered: 2 }), few(6)], 7)).toEqual([
      {
        account: 7,
        sla: 1,
        fromEpoch: 3,
        epoch: 6,
        figures: { asked: 24, answered: 18, first: 24, late: 0 },
        verdict: { kind: "missed", missed: ["availability"] },
      },
    ]);
  });

  it("has no verdict on what is still too little after a window", () => {
    expect(judgeService([few(3)], 8)).toEqual([]);
    expect(judgeService([few(3)], 9)).toMatchObject([{ fromEpoch: 3, epoch: 3, verdict: { kind: "tooFew" } }]);
    const judged = judgeService([few(3), few(9), few(10), few(11)], 12);
    expect(judged.map(({ fromEpoch, epoch, verdict }) => [fromEpoch, epoch, verdict.kind])).toEqual([
      [3, 3, "tooFew"],
      [9, 11, "kept"],
    ]);
  });

  it("doesn't mix levels, nor accounts", () => {
    expect(judgeService([few(3), few(4, { sla: 2 })], 5)).toMatchObject([{ sla: 1, epoch: 3 }]);
    const other = { account: 8 };
    expect(judgeService([few(3), few(4), few(3, other), few(4, other)], 5)).toEqual([]);
    expect(judgeService([few(3), aRow(3, other)], 5)).toMatchObject([{ account: 8, epoch: 3 }]);
  });

  it("judges nothing when nothing was asked", () => {
    expect(judgeService([], 5)).toEqual([]);
  });
});

describe("choosing what is given back of cut tasks", () => {
  const aCut = (name: number, account: number, feeWei: bigint): CutReceipt => ({
    taskId: `0x${String(name).padStart(64, "0")}`,
    account,
    epoch: 3,
    feeWei,
  });

  it("takes whole receipts, oldest first, by account, as far as the most reaches", () => {
    const receipts = [aCut(1, 7, 40n), aCut(2, 8, 30n), aCut(3, 7, 40n), aCut(4, 8, 30n)];
    const chosen = chooseRefunds(receipts, 100n);
    expect([...chosen].map(([account, of]) => [account, of.map(({ feeWei }) => feeWei)])).toEqual([
      [7, [40n]],
      [8, [30n, 30n]],
    ]);
  });

  it("passes over one that is larger than the most, and takes nothing when nothing may be given", () => {
    expect([...chooseRefunds([aCut(1, 7, 101n), aCut(2, 8, 1n)], 100n).keys()]).toEqual([8]);
    expect(chooseRefunds([aCut(1, 7, 1n)], 0n).size).toBe(0);
  });
});
