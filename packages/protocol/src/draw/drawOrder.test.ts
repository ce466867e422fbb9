import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keccak256, utf8ToBytes } from "../bytes.js";
import type { Address, Bytes32 } from "../primitives.js";
import { chiSquare } from "../test/chiSquare.js";
import { type DrawCandidate, drawOrder } from "./drawOrder.js";

/** `npm run deep -- machines` draws more. */
const DRAWS = Number(process.env.CORTENSOR_DRAWS ?? 3_000);
const word = (text: string): Bytes32 => keccak256(utf8ToBytes(text));
const address = (text: string): Address => word(text).slice(0, 42) as Address;
const SUBJECT = word("subject");

function candidates(weights: readonly number[]): DrawCandidate[] {
  return weights.map((weight, index) => ({ node: address(`node ${index}`), owner: address(`owner ${index}`), weight }));
}
const source = (index: number): { beacon: Bytes32; subject: Bytes32; purpose: number } => ({
  beacon: word(`beacon ${index}`),
  subject: SUBJECT,
  purpose: 1,
});
const indexes = (all: readonly DrawCandidate[], order: readonly DrawCandidate[]): number[] =>
  order.map(({ node }) => all.findIndex((each) => each.node === node));

/** How often each candidate was first, and each pair the first two, over many beacons. */
function counted(all: readonly DrawCandidate[]): { first: number[]; pairs: number[] } {
  const first = all.map(() => 0);
  const pairs = all.flatMap(() => all.map(() => 0));
  for (let index = 0; index < DRAWS; index += 1) {
    const [one = 0, two = 0] = indexes(all, drawOrder(all, source(index)));
    first[one] = (first[one] ?? 0) + 1;
    pairs[one * all.length + two] = (pairs[one * all.length + two] ?? 0) + 1;
  }
  return { first, pairs };
}

describe("a draw", () => {
  it("gives each of equals the same chance of every pair of places", () => {
    const all = candidates([1, 1, 1, 1, 1, 1]);
    const { first, pairs } = counted(all);
    // 0.1 % of honest draws exceed these: 5 and 29 degrees of freedom.
    expect(chiSquare(first, [1, 1, 1, 1, 1, 1])).toBeLessThan(20.5);
    const apart = pairs.filter((_, index) => index % 7 !== 0);
    expect(
      chiSquare(
        apart,
        apart.map(() => 1),
      ),
    ).toBeLessThan(58.3);
    expect(pairs.filter((_, index) => index % 7 === 0)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("draws by weight, first and second", () => {
    const weights = [1, 2, 3, 4];
    const { first, pairs } = counted(candidates(weights));
    expect(chiSquare(first, weights)).toBeLessThan(16.3);
    const expected = weights.flatMap((one, i) => weights.map((two, j) => (i === j ? 0 : (one * two) / (10 - one))));
    const drawn = pairs.filter((_, index) => expected[index] !== 0);
    expect(
      chiSquare(
        drawn,
        expected.filter((each) => each !== 0),
      ),
    ).toBeLessThan(31.3);
  });

  it("gives an owner that splits its weight over nodes nothing more", () => {
    const whole = counted(candidates([4, 3, 3])).first;
    const split = counted(candidates([1, 1, 1, 1, 3, 3])).first;
    const parts = split.slice(0, 4).reduce((sum, each) => sum + each, 0);
    expect(chiSquare(whole, [4, 3, 3])).toBeLessThan(13.9);
    expect(chiSquare([parts, ...split.slice(4)], [4, 3, 3])).toBeLessThan(13.9);
  });

  it("doesn't depend on how candidates are listed, and a candidate less changes nobody else's place", () => {
    const anyWeights = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(anyWeights, fc.nat(), fc.nat(), (weights, beacon, gone) => {
        const all = candidates(weights);
        const order = drawOrder(all, source(beacon));
        expect(drawOrder([...all].reverse(), source(beacon))).toEqual(order);
        const left = all.filter((_, index) => index !== gone % all.length);
        const without = order.filter(({ node }) => node !== all[gone % all.length]?.node);
        expect(drawOrder(left, source(beacon))).toEqual(without);
      }),
      { numRuns: 200 },
    );
  });

  it("is another one for another beacon, subject or purpose", () => {
    const all = candidates([1, 1, 1, 1, 1, 1, 1, 1]);
    const order = drawOrder(all, source(0));
    expect(drawOrder(all, source(1))).not.toEqual(order);
    expect(drawOrder(all, { ...source(0), subject: word("other") })).not.toEqual(order);
    expect(drawOrder(all, { ...source(0), purpose: 2 })).not.toEqual(order);
  });

  it("refuses weights that can't be, and a node that is listed twice", () => {
    const outOfRange = expect.objectContaining({ code: "PROTOCOL_OUT_OF_RANGE" });
    for (const weight of [0, 65, 1.5]) expect(() => drawOrder(candidates([weight]), source(0))).toThrow(outOfRange);
    const [one] = candidates([1]);
    expect(() => drawOrder(one === undefined ? [] : [one, one], source(0))).toThrow(outOfRange);
  });
});
