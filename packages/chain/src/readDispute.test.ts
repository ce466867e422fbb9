import { describe, expect, it } from "vitest";
import { type DisputeRecord, dueChore } from "./readDispute.js";

const address = `0x${"ab".repeat(20)}` as const;
const word = `0x${"cd".repeat(32)}` as const;
const SLASHED: DisputeRecord = {
  number: 1,
  taskId: word,
  resultHash: word,
  kernelClass: word,
  modelId: word,
  miner: address,
  client: address,
  opener: address,
  appellant: undefined,
  feeWei: 1n,
  phase: "ended",
  atSeconds: 100,
  deadlineSeconds: 100,
  round: 1,
  tries: 0,
  validators: [],
  committed: [],
  jurors: [],
  secondJurors: [],
  verdict: "slashed",
  isAppealed: false,
  ending: "slashed",
  frozenUntil: 500,
  isSent: false,
  isOwn: false,
};

describe("what is due of a dispute", () => {
  it("is a slash until it is sent, then the end of a freeze that has lasted long enough", () => {
    expect(dueChore(SLASHED, 400)).toBe("execute");
    expect(dueChore({ ...SLASHED, isSent: true }, 499)).toBeUndefined();
    expect(dueChore({ ...SLASHED, isSent: true }, 500)).toBe("thaw");
    expect(dueChore({ ...SLASHED, isSent: true, frozenUntil: undefined }, 500)).toBeUndefined();
  });

  it("is its deadline's enforcement before all else, from that second on", () => {
    const judged = { ...SLASHED, phase: "judged", ending: undefined, deadlineSeconds: 300 } as const;
    expect(dueChore(judged, 299)).toBeUndefined();
    expect(dueChore(judged, 300)).toBe("expire");
    expect(dueChore(judged, 600)).toBe("expire");
  });
});
