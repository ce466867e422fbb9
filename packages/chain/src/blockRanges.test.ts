import fc from "fast-check";
import { expect, it } from "vitest";
import { blockRanges, LOG_BLOCKS_MAX } from "./blockRanges.js";

it("covers every block of a range once, in order, in pieces an RPC takes", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 9n }), fc.bigInt({ min: 0n, max: 10n ** 6n }), (from, length) => {
      const pieces = [...blockRanges(from, from + length)];
      expect(pieces[0]?.fromBlock).toBe(from);
      expect(pieces.at(-1)?.toBlock).toBe(from + length);
      for (const [index, piece] of pieces.entries()) {
        expect(piece.toBlock - piece.fromBlock).toBeLessThan(LOG_BLOCKS_MAX);
        if (index > 0) expect(piece.fromBlock).toBe((pieces[index - 1]?.toBlock ?? 0n) + 1n);
      }
    }),
  );
});

it("has no piece for a range that ends before it begins", () => {
  expect([...blockRanges(5n, 4n)]).toEqual([]);
});
