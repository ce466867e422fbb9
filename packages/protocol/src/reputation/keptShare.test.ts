import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HALF_LIFE_SECONDS, KEPT_ONE, keptShare } from "./keptShare.js";

const SCALE_BITS = 512n;
const ONE = 1n << SCALE_BITS;

/** ⌊value^(1 ÷ degree)⌋ by Newton's method from above. */
function rootDown(value: bigint, degree: bigint): bigint {
  let root = 1n << (BigInt(value.toString(2).length) / degree + 1n);
  for (;;) {
    const next = ((degree - 1n) * root + value / root ** (degree - 1n)) / degree;
    if (next >= root) return root;
    root = next;
  }
}

/** 2^(−1 ÷ 1,209,600) with 512 bits behind the point: roots of ½, as 1,209,600 = 2⁸ × 3³ × 5² × 7. */
function perSecond(): bigint {
  let share = ONE / 2n;
  for (const [degree, times] of [
    [2n, 8],
    [3n, 3],
    [5n, 2],
    [7n, 1],
  ] as const) {
    for (let time = 0; time < times; time += 1) share = rootDown(share * ONE ** (degree - 1n), degree);
  }
  return share;
}

/** share^seconds, rounded down to 2⁻⁶⁴. Whole half-lives are exact: products of roots that were rounded down would lie a hair below. */
function power(share: bigint, seconds: number): bigint {
  let [result, square] = [ONE, share];
  for (let rest = seconds % HALF_LIFE_SECONDS; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = (result * square) / ONE;
    square = (square * square) / ONE;
  }
  return ((result * KEPT_ONE) / ONE) >> BigInt(Math.floor(seconds / HALF_LIFE_SECONDS));
}

describe("what is kept after some seconds", () => {
  const share = perSecond();

  it("has constants that are ½ to the power of 2ⁱ ÷ 1,209,600, rounded down", () => {
    for (let bit = 0; bit < 21; bit += 1) {
      const seconds = 2 ** bit;
      if (seconds < HALF_LIFE_SECONDS) expect(keptShare(seconds)).toBe(power(share, seconds));
    }
  });

  it("is that power within 22 of its smallest parts, and never above it", () => {
    fc.assert(
      fc.property(fc.nat(60 * HALF_LIFE_SECONDS), (seconds) => {
        const exact = power(share, seconds);
        const kept = keptShare(seconds);
        expect(kept).toBeLessThanOrEqual(exact);
        expect(exact - kept).toBeLessThanOrEqual(22n);
      }),
    );
  });

  it("is exact after whole half-lives", () => {
    for (let lives = 0; lives <= 64; lives += 1) {
      expect(keptShare(lives * HALF_LIFE_SECONDS)).toBe(KEPT_ONE >> BigInt(lives));
      expect(power(share, lives * HALF_LIFE_SECONDS)).toBe(KEPT_ONE >> BigInt(lives));
    }
  });

  it("is pinned", () => {
    const pinned = [0, 1, 30, 600, 86_400, HALF_LIFE_SECONDS, HALF_LIFE_SECONDS + 1, 64 * HALF_LIFE_SECONDS];
    expect(pinned.map((seconds) => [seconds, keptShare(seconds)])).toMatchInlineSnapshot(`
      [
        [
          0,
          18446744073709551616n,
        ],
        [
          1,
          18446733503020909353n,
        ],
        [
          30,
          18446426955685242200n,
        ],
        [
          600,
          18440402748916117496n,
        ],
        [
          86400,
          17555676923776752224n,
        ],
        [
          1209600,
          9223372036854775808n,
        ],
        [
          1209601,
          9223366751510454676n,
        ],
        [
          77414400,
          1n,
        ],
      ]
    `);
  });

  it("is refused for times that can't be", () => {
    for (const seconds of [-1, 0.5, Number.NaN, 2 ** 53])
      expect(() => keptShare(seconds)).toThrow("PROTOCOL_OUT_OF_RANGE");
  });
});
