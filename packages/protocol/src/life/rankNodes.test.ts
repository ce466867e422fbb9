import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Address } from "../primitives.js";
import { type RankedFigures, rankNodes } from "./rankNodes.js";

const address = (index: number): Address => `0x${index.toString(16).padStart(40, "0")}`;
function figures(index: number, over: Partial<RankedFigures> = {}): RankedFigures {
  return { node: address(index), level: 5, reputationPpm: 900_000, delivered: 10, levelSinceSeconds: 100, ...over };
}
const ranked = (...all: RankedFigures[]): Address[] => rankNodes(all).map(({ node }) => node);

describe("the ranking", () => {
  it("goes by level, then reputation, then work, then seniority, then address", () => {
    const order = [
      figures(9, { level: 6, reputationPpm: 0 }),
      figures(8, { reputationPpm: 900_001, delivered: 0 }),
      figures(7, { delivered: 11, levelSinceSeconds: 900 }),
      figures(6, { levelSinceSeconds: 99 }),
      figures(1),
      figures(2),
    ];
    expect(ranked(...[...order].reverse())).toEqual(order.map(({ node }) => node));
    expect(rankNodes(order).map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("is one order, however the nodes are listed, and no better figure costs a place", () => {
    const anyFigures = fc.uniqueArray(
      fc.record({ index: fc.nat(50), level: fc.nat(2), reputationPpm: fc.nat(2), delivered: fc.nat(2) }),
      { selector: ({ index }) => index, minLength: 1 },
    );
    fc.assert(
      fc.property(anyFigures, fc.constantFrom("level", "reputationPpm", "delivered"), (list, better) => {
        const all = list.map(({ index, ...over }) => figures(index, over));
        const before = rankNodes(all);
        expect(rankNodes([...all].reverse())).toEqual(before);
        const [raised, ...others] = all;
        if (raised === undefined) return;
        const after = rankNodes([{ ...raised, [better]: raised[better] + 1 }, ...others]);
        const rankIn = (ranking: typeof before): number =>
          ranking.find(({ node }) => node === raised.node)?.rank ?? Number.NaN;
        expect(rankIn(after)).toBeLessThanOrEqual(rankIn(before));
      }),
    );
  });

  it("refuses a node listed twice, and figures that can't be", () => {
    const outOfRange = expect.objectContaining({ code: "PROTOCOL_OUT_OF_RANGE" });
    expect(() => rankNodes([figures(1), figures(1)])).toThrow(outOfRange);
    for (const delivered of [-1, 0.5, Number.NaN])
      expect(() => rankNodes([figures(1, { delivered })])).toThrow(outOfRange);
  });
});
