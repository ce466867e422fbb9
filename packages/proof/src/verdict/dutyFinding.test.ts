import { NO_DIFF, ZERO_BYTES32 } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { NO_TOKENS } from "../check/taskScore.js";
import type { CheckedSegment } from "./checkBodies.js";
import { dutyFinding, uncheckedFinding } from "./dutyFinding.js";
import type { Verdict } from "./verdictOf.js";

const segment = (verdict: Verdict, tokens?: number): CheckedSegment => ({
  ...{ miner: `0x${"11".repeat(20)}`, replica: 0, segment: 0, verdict },
  ...(tokens === undefined ? {} : { score: { ...NO_TOKENS, tokens } }),
});
const PASSED: Verdict = { kind: "passed" };
const SHORT: Verdict = { kind: "short", tokensMin: 32 };

describe("what a validator says of a task", () => {
  it.each<[string, readonly Verdict[]]>([
    ["passed", [PASSED, PASSED]],
    ["failed", [PASSED, { kind: "suspect", above: ["meanMarginNats"] }]],
    ["failed", [SHORT, { kind: "fault", fault: "finish" }]],
    ["undecided", [PASSED, SHORT]],
    ["undecided", [{ kind: "uncalibrated" }]],
    ["undecided", []],
  ])("is %s", (outcome, verdicts) => {
    expect(dutyFinding(verdicts.map((one) => segment(one))).outcome).toBe(outcome);
  });

  it("names the first position at which a replay differs, and none otherwise", () => {
    const at = (position: number): Verdict => ({ kind: "fault", fault: "replay", position, what: "token" });
    expect(dutyFinding([segment(at(9)), segment(at(4))]).firstDiff).toBe(4);
    expect(dutyFinding([segment(PASSED)]).firstDiff).toBe(NO_DIFF);
  });

  it("rests on its scores, every one of them", () => {
    const [one, other] = [dutyFinding([segment(PASSED, 3)]), dutyFinding([segment(PASSED, 4)])];
    expect(one.stats).not.toBe(other.stats);
    expect(dutyFinding([segment(PASSED, 3)]).stats).toBe(one.stats);
    expect(dutyFinding([segment(PASSED)]).stats).toBe(ZERO_BYTES32);
    expect(uncheckedFinding("withheld")).toEqual({ outcome: "withheld", stats: ZERO_BYTES32, firstDiff: NO_DIFF });
  });
});
