import { describe, expect, it } from "vitest";
import { PLAIN_TERMS } from "./price.js";
import { chosenTerms, isConsistentChoice, type TaskChoice } from "./taskChoice.js";

const session = { ...PLAIN_TERMS, redundant: 5, sla: 2 };

describe("what a client chooses for one task", () => {
  it.each<[TaskChoice | undefined, number, number]>([
    [undefined, 5, 0],
    [{}, 5, 0],
    [{ maxFeeWei: 1n }, 5, 0],
    [{ validation: "none" }, 1, 0],
    [{ redundancy: 1 }, 1, 0],
    [{ validation: "redundant" }, 3, 0],
    [{ redundancy: 3 }, 3, 0],
    [{ validation: "redundant", redundancy: 5 }, 5, 0],
    [{ validation: "check" }, 1, 1],
  ])("replaces its session's copies, and asks for validators: %o", (choice, redundant, numOfValidatorNodes) => {
    expect(chosenTerms(session, choice)).toEqual({ ...session, redundant, numOfValidatorNodes });
  });

  it("never takes validators away that the session agreed to", () => {
    const validated = { ...session, numOfValidatorNodes: 2 };
    for (const validation of ["none", "check", "redundant"] as const) {
      expect(chosenTerms(validated, { validation }).numOfValidatorNodes).toBe(2);
    }
  });

  it("has several copies exactly with `redundant`", () => {
    expect(isConsistentChoice({ validation: "redundant", redundancy: 3 })).toBe(true);
    expect(isConsistentChoice({ validation: "none", redundancy: 1 })).toBe(true);
    expect(isConsistentChoice({ redundancy: 5 })).toBe(true);
    expect(isConsistentChoice({ validation: "redundant", redundancy: 1 })).toBe(false);
    expect(isConsistentChoice({ validation: "none", redundancy: 3 })).toBe(false);
    expect(isConsistentChoice({ validation: "check", redundancy: 5 })).toBe(false);
  });
});
