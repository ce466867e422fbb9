import { describe, expect, it } from "vitest";
import { beaconText, coverageText, type EpochRow, formatSeconds, quorumText, rootsText } from "./epochText.js";

const WORD = `0x${"11".repeat(32)}` as const;
const root = (kind: EpochRow["roots"][number]["kind"], signatures: number) => ({
  ...{ kind, signatures, root: WORD, txHash: WORD },
  blockNumber: 7,
});
const row: EpochRow = {
  epoch: 9,
  guards: 5,
  roots: [root("results", 4), root("checkpoint", 5)],
  missing: [],
  isOpen: false,
  beacon: { beacon: WORD, committed: 5, revealed: 4, isFallback: false },
  coversFrom: 9,
};

describe("the words for an epoch", () => {
  it("tell what was posted, and by how many", () => {
    expect([rootsText(row), quorumText(row)]).toEqual(["all posted", "4 of 5"]);
    expect(rootsText({ ...row, roots: [], missing: ["results"], isOpen: true })).toBe("being signed");
    expect(rootsText({ ...row, missing: ["results"] })).toBe("no results: the next covers it");
    expect(rootsText({ ...row, roots: [], missing: ["results"] })).toBe("none: the next ones cover it");
    expect(quorumText({ ...row, roots: [] })).toBe("…");
  });
  it("tell whether anybody could foresee its beacon", () => {
    expect(beaconText(row)).toBe("4 of 5 secrets");
    const beacon = { beacon: WORD, committed: 5, revealed: 0, isFallback: true };
    expect(beaconText({ ...row, beacon })).toBe("fallback: nobody's secret");
  });
  it("name the gap that a virtual block covers", () => {
    expect(coverageText(row)).toBe("epoch 9");
    expect(coverageText({ ...row, coversFrom: 7 })).toBe("epochs 7 to 9: 7 to 8 had none");
    const { coversFrom: _none, ...uncovered } = row;
    expect(coverageText(uncovered)).toBeUndefined();
  });
  it("give time in minutes and seconds", () => {
    expect([formatSeconds(-3), formatSeconds(59.9), formatSeconds(61)]).toEqual(["0 s", "59 s", "1 min 1 s"]);
  });
});
