import { describe, expect, it } from "vitest";
import { judge } from "./tryMutant.mjs";

const ran = "Ran 2 tests for contracts/test/Rates/post.t.sol:RatesTest\n";
const failed = new Error("exit code 1");

describe("a mutant's verdict", () => {
  it("is killed, by the test that failed and in the file that ran it", () => {
    const out = `Ran 1 test for contracts/test/A/a.t.sol:A\n[PASS] test_A() (gas: 1)\n${ran}[FAIL: refused; counterexample: x] testFuzz_B(uint256) (runs: 3)\n`;
    expect(judge(failed, out)).toEqual({ verdict: "killed", by: "testFuzz_B", in: "contracts/test/Rates/post.t.sol" });
  });
  it("is a survivor when every test passed", () => {
    expect(judge(null, `${ran}Ran 1 test suite: 2 tests passed, 0 failed, 0 skipped (2 total tests)`)).toEqual({
      verdict: "survived",
    });
  });
  it("is killed when the tests never end", () => {
    expect(judge(Object.assign(new Error("too long"), { killed: true }), ran)).toEqual({
      verdict: "killed",
      by: "time",
    });
  });
  it.each([
    ["forge failed without a failing test", failed, "Error: the compiler crashed"],
    ["nothing ran", null, "No tests found"],
    ["tests were skipped", null, "1 tests passed, 0 failed, 1 skipped"],
  ])("is open when %s", (_what, error, out) => {
    expect(judge(error, out)).toEqual({ verdict: "undecided" });
  });
});
