import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expCanonical, lnCanonical } from "./ln.js";

const view = new DataView(new ArrayBuffer(8));

/** Doubles between two of one sign, or of both: their order as integers. */
function ulpsBetween(left: number, right: number): number {
  return Math.abs(Number(orderOf(left) - orderOf(right)));
}

function orderOf(value: number): bigint {
  view.setFloat64(0, value);
  const bits = view.getBigInt64(0);
  return bits >= 0n ? bits : -(bits & 0x7fffffffffffffffn);
}

const positive = fc.double({ min: 5e-324, max: Number.MAX_VALUE, noNaN: true });
const unit = fc.double({ min: 0, max: 1, minExcluded: true, noNaN: true });

describe("lnCanonical", () => {
  it("is within 2 ulp of the platform's logarithm everywhere", () => {
    fc.assert(
      fc.property(fc.oneof(positive, unit, fc.double({ min: 0.5, max: 2, noNaN: true })), (x) => {
        expect(ulpsBetween(lnCanonical(x), Math.log(x))).toBeLessThanOrEqual(2);
      }),
      { numRuns: 20_000 },
    );
  });

  it("is exact at 1 and never decreases", () => {
    expect(lnCanonical(1)).toBe(0);
    fc.assert(fc.property(positive, positive, (x, y) => lnCanonical(Math.min(x, y)) <= lnCanonical(Math.max(x, y))));
  });

  it("answers the ends of its domain as IEEE does", () => {
    expect(lnCanonical(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(lnCanonical(-1)).toBeNaN();
    expect(lnCanonical(Number.NaN)).toBeNaN();
    expect(lnCanonical(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("expCanonical", () => {
  it("is within 2 ulp of the platform's exponential everywhere", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.double({ min: -745, max: 709.7, noNaN: true }), fc.double({ min: -40, max: 0, noNaN: true })),
        (x) => {
          expect(ulpsBetween(expCanonical(x), Math.exp(x))).toBeLessThanOrEqual(2);
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it("undoes the logarithm to within a relative 2^-42", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
        expect(Math.abs(expCanonical(lnCanonical(x)) / x - 1)).toBeLessThan(2 ** -42);
      }),
    );
  });

  it("answers the ends of its range", () => {
    expect(expCanonical(0)).toBe(1);
    expect(expCanonical(-1000)).toBe(0);
    expect(expCanonical(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(expCanonical(1000)).toBe(Number.POSITIVE_INFINITY);
    expect(expCanonical(Number.NaN)).toBeNaN();
  });
});
