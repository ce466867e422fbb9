import { describe, expect, it } from "vitest";
import { restOfBlocks, restOfRecords, restOfRoots, restOfWork } from "./restUntil.js";

const times = { t0: 1_000, epochSeconds: 600 };
/** Epoch 4 is over, epoch 5 runs: from 4,000 to 4,600, its cut-off at 4,540. */
const over = { epoch: 4, slot: 2, isDone: true, nextRound: undefined };

describe("a guard's duty", () => {
  it("rests until the cut-off when all is done for the records that are open", () => {
    expect(restOfRecords(times, { time: 4_100, isDone: true })).toBe(4_540);
    expect(restOfRecords(times, { time: 4_540, isDone: true })).toBe(5_140);
    expect(restOfRecords(times, { time: 4_100, isDone: false })).toBeUndefined();
  });
  it("rests from work records until the next are posted, once those of before are shown or reported", () => {
    expect(restOfWork(times, { time: 4_100, openRecords: 0 })).toBe(4_540);
    expect(restOfWork(times, { time: 4_540, openRecords: 0 })).toBe(5_140);
    expect(restOfWork(times, { time: 4_100, openRecords: 1 })).toBeUndefined();
  });
  it("doesn't rest while a root may still be signed and posted", () => {
    expect(restOfRoots(times, { ...over, isDone: false, nextRound: 3 })).toBeUndefined();
  });
  it("rests until others are asked again, and then until the next epoch is over", () => {
    expect(restOfRoots(times, { ...over, nextRound: 12 })).toBe(4_360);
    expect(restOfRoots(times, over)).toBe(4_600);
    expect(restOfRoots(times, { ...over, slot: undefined, isDone: false, nextRound: 12 })).toBe(4_600);
  });
  it("rests from virtual blocks once the last epoch's is made", () => {
    expect(restOfBlocks(times, { epoch: 5, madeEpoch: 4 })).toBe(4_600);
    expect(restOfBlocks(times, { epoch: 5, madeEpoch: 3 })).toBeUndefined();
    expect(restOfBlocks(times, { epoch: 5, madeEpoch: undefined })).toBeUndefined();
  });
});
