import { describe, expect, it } from "vitest";
import { batchRatio, carriedGas, crossingCost, violationsFigure } from "./figures.mjs";

describe("what a crossing costs", () => {
  const two = [
    { step: "send", payer: "user", gas: 100 },
    { step: "send", payer: "user", gas: 120 },
    { step: "post", payer: "guard", gas: 80 },
    { step: "deliver", payer: "relayer", gas: 201 },
  ];
  it("is parted by its steps and payers, and among its messages", () => {
    expect(crossingCost(two, 2)).toEqual({
      gas: 251,
      steps: {
        send: { payer: "user", gas: 220, transactions: 2 },
        post: { payer: "guard", gas: 80, transactions: 1 },
        deliver: { payer: "relayer", gas: 201, transactions: 1 },
      },
      payers: { user: 110, guard: 40, relayer: 101 },
    });
  });
  it("is carried for what is left without the calls that sent", () => {
    expect(carriedGas({ steps: crossingCost(two, 2).steps, count: 2 })).toBe(141);
  });
  it("is refused of no message, and where two pay for one step", () => {
    expect(() => crossingCost(two, 0)).toThrow("0 messages");
    expect(() => crossingCost([...two, { step: "post", payer: "relayer", gas: 1 }], 2)).toThrow("paid by guard");
  });
  it("is compared with that of one alone, and not without one", () => {
    expect(batchRatio({ 1: 200, 8: 90, 100: 30 }, 100)).toBe(0.15);
    expect(() => batchRatio({ 8: 90, 100: 30 }, 100)).toThrow("nothing was measured");
  });
});

it("each thing that a seed says counts as a violation", () => {
  const found = [
    { seed: 0, messages: 24, repeats: 40, says: [] },
    { seed: 1, messages: 20, repeats: 30, says: ["0x01 had its effect 2 times", "COR was 9999"] },
  ];
  expect(violationsFigure(found, 2)).toMatchObject({ value: 2, atMost: 0, seeds: 2, messages: 44, repeats: 70 });
  expect(violationsFigure(found, 2).violations[0]).toBe("seed 1: 0x01 had its effect 2 times");
});
