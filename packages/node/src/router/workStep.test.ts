import type { SealedWork } from "@cortensor/books";
import { cutOffOf, epochStart, keccak256, utf8ToBytes } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { dueEpoch, type WorkOnChain, workStep } from "./workStep.js";

const times = { t0: 1_000, epochSeconds: 600 };
const word = (name: string) => keccak256(utf8ToBytes(name));
const record: SealedWork = {
  ...{ epoch: 3, begun: 1, ended: 1, bytes: new Uint8Array([1]) },
  ...{ recordRoot: word("root"), recordCid: word("cid") },
};
const cutOff = cutOffOf(times, 3);

function stepOf(onChain: Partial<WorkOnChain>, nowSeconds = cutOff - 100) {
  const seen = { latestRoot: undefined, finalRoot: undefined, finalSeconds: cutOff - 130, ...onChain };
  return workStep({ times, nowSeconds, open: { record, onChain: seen } }).kind;
}

describe("a work record", () => {
  it("is due in the second half of its epoch's records, of the next epoch from the cut-off on", () => {
    expect(dueEpoch(times, cutOff - 301)).toBeUndefined();
    expect(dueEpoch(times, cutOff - 300)).toBe(3);
    expect(dueEpoch(times, cutOff - 1)).toBe(3);
    expect(dueEpoch(times, cutOff)).toBeUndefined();
    expect(workStep({ times, nowSeconds: cutOff - 300, open: undefined })).toEqual({ kind: "seal", epoch: 3 });
    expect(workStep({ times, nowSeconds: epochStart(times, 4), open: undefined })).toEqual({ kind: "wait" });
  });

  it("is sent until it is in a block, or can't come in time any more", () => {
    expect(stepOf({})).toBe("send");
    expect(stepOf({ latestRoot: record.recordRoot })).toBe("wait");
    expect(stepOf({}, cutOff)).toBe("wait");
  });

  it("is posted for good when it is final, and dropped when it isn't and never will be", () => {
    expect(stepOf({ latestRoot: record.recordRoot, finalRoot: record.recordRoot })).toBe("posted");
    expect(stepOf({ latestRoot: word("other"), finalRoot: word("other") })).toBe("dropped");
    expect(stepOf({ finalSeconds: cutOff - 1 }, cutOff + 50)).toBe("wait");
    expect(stepOf({ finalSeconds: cutOff }, cutOff + 50)).toBe("dropped");
  });
});
