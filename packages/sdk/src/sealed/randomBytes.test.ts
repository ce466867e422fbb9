import { describe, expect, it } from "vitest";
import { createRandomBytes } from "./randomBytes.js";

/** A platform that draws 1, 2, 3, … so that no byte under 256 comes twice. */
function counting() {
  const state: { next: number; draws: number; last: Uint8Array } = { next: 0, draws: 0, last: new Uint8Array() };
  const fill = (bytes: Uint8Array): void => {
    state.draws += 1;
    state.last = bytes;
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = state.next += 1;
  };
  return { state, random: createRandomBytes(fill) };
}

describe("random bytes", () => {
  it("are given once each, several calls by one draw, and not kept", () => {
    const { state, random } = counting();
    const given = Array.from({ length: 5 }, () => random(32));
    expect(state.draws).toBe(1);
    const all = given.flatMap((bytes) => [...bytes]);
    expect(new Set(all).size).toBe(160);
    expect(state.last.every((byte) => byte === 0)).toBe(true);
    expect([...random(1)]).toEqual([161]);
    expect(state.draws).toBe(2);
  });

  it("are never what is left of one draw and some of the next, nor too few", () => {
    const { state, random } = counting();
    random(100);
    expect([...random(100)][0]).toBe(161);
    expect(random(1_000)).toHaveLength(1_000);
    expect(random(0)).toHaveLength(0);
    expect(state.draws).toBe(3);
  });
});
