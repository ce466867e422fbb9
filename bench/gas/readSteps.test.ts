import { describe, expect, it } from "vitest";
import { DUTY_TESTS, QUEUE_TESTS, readSteps } from "./readSteps.mjs";

const test = (...lines: string[]) => ({ status: "Success", decoded_logs: lines });
const whole = {
  "test_GasOfEachStep()": test("enqueue: 114100", "ack: 40100", "ack: 43400"),
  "test_GasOfADeadline()": test("expire: 36100"),
  "test_GasOfAsking()": test("request: 241100"),
  "test_GasOfAnswering()": test("deliver: 197900"),
  "test_GasOfClosing()": test("close: 87600"),
};
const reportOf = (results: object) => `compiling\n${JSON.stringify({ "gas.t.sol:Gas": { test_results: results } })}`;

describe("reading the gas of steps", () => {
  it("takes each by its name, the dearest of those that several take", () => {
    const steps = { enqueue: 114_100, ack: 43_400, expire: 36_100, request: 241_100, deliver: 197_900, close: 87_600 };
    expect(readSteps(reportOf(whole), QUEUE_TESTS)).toEqual(steps);
    const duties = { "test_GasOfPayingDuties()": test("collect: 42977", "claim, first: 71036") };
    expect(readSteps(reportOf({ ...whole, ...duties }), DUTY_TESTS)).toEqual({
      collect: 42_977,
      "claim, first": 71_036,
    });
  });

  it.each([
    ["failed", { status: "Failure", decoded_logs: ["expire: 1"] }],
    ["logged no figure", { status: "Success", decoded_logs: [] }],
    ["did not run", undefined],
  ])("refuses a report whose test %s", (_what, result) => {
    expect(() => readSteps(reportOf({ ...whole, "test_GasOfADeadline()": result }), QUEUE_TESTS)).toThrow(
      "test_GasOfADeadline()",
    );
  });
});
