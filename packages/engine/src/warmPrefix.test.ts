import { WARM_PIECE_TOKENS_MIN, WARM_PIECES_MAX } from "@cortensor/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type KeptPrefix, tokensOf, warmPieces } from "./warmPrefix.js";

const LEAST = WARM_PIECE_TOKENS_MIN;
const tokens = (count: number, from = 0): readonly number[] => Array.from({ length: count }, (_, at) => from + at);
const kept = (pieces: readonly number[]): KeptPrefix => ({ tag: "a", tokens: tokens(tokensOf(pieces)), pieces });
const ask = (promptTokens: readonly number[], tag: string | undefined = "a") => ({ tag, promptTokens });

describe("what a prompt may begin with", () => {
  it("is every whole prefill in front that it shares", () => {
    expect(warmPieces(kept([20, 30]), ask(tokens(80)))).toEqual([20, 30]);
    expect(warmPieces(kept([20, 30]), ask([...tokens(49), 999, ...tokens(30, 500)]))).toEqual([20]);
    expect(warmPieces(kept([20, 30]), ask([...tokens(19), ...tokens(61, 500)]))).toEqual([]);
  });

  it("is nothing under another tag, under none, or of an empty cache", () => {
    expect(warmPieces(kept([20]), ask(tokens(80), "b"))).toEqual([]);
    expect(warmPieces(kept([20]), { tag: undefined, promptTokens: tokens(80) })).toEqual([]);
    expect(warmPieces(undefined, ask(tokens(80)))).toEqual([]);
  });

  it("leaves enough to run, and ends before a prefill that is too short, or one too many", () => {
    expect(warmPieces(kept([20]), ask(tokens(20)))).toEqual([]);
    expect(warmPieces(kept([20]), ask(tokens(20 + LEAST - 1)))).toEqual([]);
    expect(warmPieces(kept([20]), ask(tokens(20 + LEAST)))).toEqual([20]);
    expect(warmPieces(kept([20, LEAST - 1, 20]), ask(tokens(80)))).toEqual([20]);
    const many = Array.from({ length: WARM_PIECES_MAX }, () => LEAST);
    expect(warmPieces(kept(many), ask(tokens(LEAST * (WARM_PIECES_MAX + 2))))).toHaveLength(WARM_PIECES_MAX - 1);
  });

  it("is always a beginning of both, and with the rest a recipe that replay follows", () => {
    const piece = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 80 }),
        fc.nat(200),
        fc.nat(400),
        (pieces, shared, more) => {
          const cache = kept(pieces);
          const promptTokens = [...cache.tokens.slice(0, shared), ...tokens(more, 10_000)];
          const warm = warmPieces(cache, ask(promptTokens));
          const from = tokensOf(warm);
          expect(promptTokens.slice(0, from)).toEqual(cache.tokens.slice(0, from));
          expect(warm).toEqual(pieces.slice(0, warm.length));
          if (warm.length > 0) {
            expect(Math.min(...warm, promptTokens.length - from)).toBeGreaterThanOrEqual(LEAST);
            expect(warm.length + 1).toBeLessThanOrEqual(WARM_PIECES_MAX);
          }
        },
      ),
    );
  });
});
