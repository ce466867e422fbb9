import { describe, expect, it } from "vitest";
import { countForge, countVitest, sum } from "./runners.mjs";

describe("counting", () => {
  it("counts a file that could not be loaded as a failure", () => {
    const report = {
      numPassedTests: 3,
      numFailedTests: 0,
      testResults: [
        { name: `${process.cwd()}/a.test.ts`, status: "failed", message: "no such module\nat …", assertionResults: [] },
      ],
    };
    expect(countVitest(1, report)).toEqual({ passed: 3, failed: 1, broken: ["a.test.ts: no such module"] });
  });
  it("counts an exit code that no test explains as a failure", () => {
    const counts = countVitest(1, { numPassedTests: 3, numFailedTests: 0, testResults: [] });
    expect(counts).toMatchObject({ passed: 3, failed: 1 });
    expect(counts.broken).toHaveLength(1);
  });
  it("names each test that failed, with the first line of why", () => {
    const test = { status: "failed", fullName: "a sum is right", failureMessages: ["expected 1 to be 2\n  at …"] };
    const file = {
      name: `${process.cwd()}/sum.test.ts`,
      status: "failed",
      assertionResults: [test, { status: "passed" }],
    };
    const counts = countVitest(1, { numPassedTests: 1, numFailedTests: 1, testResults: [file] });
    expect(counts).toEqual({ passed: 1, failed: 1, broken: ["sum.test.ts > a sum is right: expected 1 to be 2"] });
  });
  it("counts a missing report as a failure", () => {
    expect(countVitest(0, { missing: "gone" })).toMatchObject({ passed: 0, failed: 1 });
  });
  it("reads the contracts' report, and refuses one that is no report", () => {
    const out = `notice\n${JSON.stringify({ "a.sol": { test_results: { a: { status: "Success" }, b: { status: "Failure", reason: "1 is not 2" } } } })}`;
    expect(countForge(1, out)).toEqual({ passed: 1, failed: 1, broken: ["b: 1 is not 2"] });
    expect(countForge(0, "no tests").failed).toBe(1);
  });
  it("counts the calls of invariants", () => {
    const kind = { Invariant: { runs: 2, calls: 8, reverts: 1 } };
    const tests = {
      a: { status: "Success", kind },
      b: { status: "Success", kind },
      c: { status: "Success", kind: {} },
    };
    const out = JSON.stringify({ "a.sol": { test_results: tests } });
    expect(countForge(0, out)).toEqual({ passed: 3, failed: 0, broken: [], calls: 16, reverts: 2 });
  });
  it("sums over runners", () => {
    expect(
      sum([
        { passed: 1, failed: 0 },
        { passed: 2, failed: 3, broken: ["a", "b", "c"] },
      ]),
    ).toEqual({ passed: 3, failed: 3, broken: ["a", "b", "c"] });
  });
});
