import { expect, it } from "vitest";
import { FEE_FACTOR_MAX, type Fees, raiseFees } from "./raiseFees.js";

const fees = (maxFeePerGas: bigint, maxPriorityFeePerGas: bigint): Fees => ({ maxFeePerGas, maxPriorityFeePerGas });

it("raises both fees by a quarter, rounded up", () => {
  expect(raiseFees(fees(1_000n, 1n), fees(1_000n, 0n))).toEqual(fees(1_250n, 2n));
});

it("offers what the chain asks for now when that is more", () => {
  expect(raiseFees(fees(1_000n, 10n), fees(9_000n, 500n))).toEqual(fees(9_000n, 500n));
});

it("never tips more than the whole fee", () => {
  expect(raiseFees(fees(100n, 100n), fees(100n, 900n))).toEqual(fees(125n, 125n));
});

it("stops at its bound, to the wei", () => {
  expect(FEE_FACTOR_MAX).toBe(4n);
  expect(raiseFees(fees(3_200n, 0n), fees(1_000n, 0n))).toEqual(fees(4_000n, 0n));
  expect(raiseFees(fees(3_201n, 0n), fees(1_000n, 0n))).toBeUndefined();
});
