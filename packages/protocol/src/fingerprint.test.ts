import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeFingerprint,
  encodeFingerprint,
  FINGERPRINT_TOKEN_BYTES,
  Fingerprint,
  type FingerprintedToken,
  fingerprintRootOf,
} from "./fingerprint.js";
import { merkleRoot } from "./merkle.js";
import { ZERO_BYTES32 } from "./primitives.js";

function tokensOf(count: number): readonly FingerprintedToken[] {
  return Array.from({ length: count }, (_, id) => ({
    id,
    top: Array.from({ length: 5 }, (_unused, rank) => ({ id: id + rank, logprob: -rank / 3 })),
  }));
}

describe("Fingerprint", () => {
  it("has a leaf for each 32 tokens begun, and their Merkle root", () => {
    const fingerprint = new Fingerprint();
    const counts = tokensOf(65).map((token) => {
      fingerprint.push(token);
      return fingerprint.leaves().length;
    });
    expect([counts[0], counts[31], counts[32], counts[64]]).toEqual([1, 1, 2, 3]);
    expect(fingerprint.root()).toBe(merkleRoot(fingerprint.leaves()));
  });

  it("is zero without tokens, and sees every changed figure", () => {
    expect(new Fingerprint().root()).toBe(ZERO_BYTES32);
    const [first] = tokensOf(1);
    const top = first?.top ?? [];
    const roots = [
      { id: 0, top },
      { id: 1, top },
      { id: 0, top: top.slice(0, 4) },
      { id: 0, top: top.map((one) => ({ ...one, logprob: one.logprob - 0.01 })) },
      { id: 0, top: top.toReversed() },
    ].map((token) => fingerprintRootOf([token]));
    expect(new Set(roots).size).toBe(roots.length);
  });

  it("keeps five of a longer list, and clamps what two bytes can't hold", () => {
    const [token] = tokensOf(1);
    const top = token?.top ?? [];
    expect(fingerprintRootOf([{ id: 0, top: [...top, { id: 9, logprob: -9 }] }])).toBe(
      fingerprintRootOf([{ id: 0, top }]),
    );
    const deep = (logprob: number) => fingerprintRootOf([{ id: 0, top: [{ id: 1, logprob }] }]);
    expect(deep(Number.NEGATIVE_INFINITY)).toBe(deep(-300));
    expect(deep(0.001)).toBe(deep(0));
  });

  it("refuses an id of more than three bytes and a log-probability that is no number", () => {
    expect(() => fingerprintRootOf([{ id: 2 ** 24, top: [] }])).toThrow("field=tokenId");
    expect(() => fingerprintRootOf([{ id: 1, top: [{ id: 1, logprob: Number.NaN }] }])).toThrow("field=logprob");
  });
});

describe("a fingerprint's bytes", () => {
  const anyToken = fc.record({
    id: fc.nat(0xfffffe),
    top: fc.array(fc.record({ id: fc.nat(0xfffffe), logprob: fc.double({ min: -300, max: 0, noNaN: true }) }), {
      maxLength: 5,
    }),
  });

  it("come back within a 512th of a nat, with the same root", () => {
    fc.assert(
      fc.property(fc.array(anyToken, { maxLength: 70 }), (tokens) => {
        const bytes = encodeFingerprint(tokens);
        expect(bytes).toHaveLength(tokens.length * FINGERPRINT_TOKEN_BYTES);
        const back = decodeFingerprint(bytes);
        expect(encodeFingerprint(back)).toEqual(bytes);
        expect(fingerprintRootOf(back)).toBe(fingerprintRootOf(tokens));
        for (const [index, { id, top }] of tokens.entries()) {
          expect(back[index]?.id).toBe(id);
          expect(back[index]?.top.map((entry) => entry.id)).toEqual(top.map((entry) => entry.id));
          for (const [rank, { logprob }] of top.entries()) {
            const error = Math.abs((back[index]?.top[rank]?.logprob ?? 0) - Math.max(logprob, -65_535 / 256));
            expect(error).toBeLessThanOrEqual(1 / 512);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it("take at most 32 bytes a token", () => {
    expect(FINGERPRINT_TOKEN_BYTES).toBeLessThanOrEqual(32);
  });

  it("are refused in part, and with an entry behind a missing one", () => {
    const bytes = encodeFingerprint(tokensOf(2));
    expect(() => decodeFingerprint(bytes.subarray(1))).toThrow("PROTOCOL_BAD_FINGERPRINT");
    const holed = bytes.slice().fill(0xff, 3, 8);
    expect(() => decodeFingerprint(holed)).toThrow("behind a missing one");
  });
});
