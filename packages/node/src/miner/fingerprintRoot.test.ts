import { keccak256, leafHash, merkleRoot, ZERO_BYTES32 } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { fingerprintRoot, type TokenFingerprint } from "./fingerprintRoot.js";

const token = (id: number): TokenFingerprint => ({ id, top: [{ id, logprob: -0.5 }] });

describe("fingerprintRoot", () => {
  it("is zero for no tokens", () => {
    expect(fingerprintRoot([])).toBe(ZERO_BYTES32);
  });

  it("is the leaf alone for up to 32 tokens, in the stated bytes", () => {
    const bytes = Buffer.from("0201000001020100 00bf000000".replace(" ", ""), "hex");
    expect(fingerprintRoot([token(258)])).toBe(leafHash(keccak256(bytes)));
  });

  it("is the tree's root for more, and changes with every id and log-probability", () => {
    const tokens = Array.from({ length: 70 }, (_, id) => token(id));
    const parts = [tokens.slice(0, 32), tokens.slice(32, 64), tokens.slice(64)];
    const root = fingerprintRoot(tokens);
    expect(root).toBe(merkleRoot(parts.map(fingerprintRoot)));
    const changed = tokens.with(69, { id: 69, top: [{ id: 69, logprob: -0.25 }] });
    expect(fingerprintRoot(changed)).not.toBe(root);
    expect(fingerprintRoot(tokens.with(0, token(1)))).not.toBe(root);
  });

  it("keeps the five best choices", () => {
    const top = Array.from({ length: 7 }, (_, id) => ({ id, logprob: -id }));
    expect(fingerprintRoot([{ id: 1, top }])).toBe(fingerprintRoot([{ id: 1, top: top.slice(0, 5) }]));
  });
});
