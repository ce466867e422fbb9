import { keccak256, utf8ToBytes } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { type Accusation, DISPUTES_OPEN_MAX, nextAccusations } from "./nextAccusations.js";

const SELF = `0x${"aa".repeat(20)}` as const;
const OTHER = `0x${"bb".repeat(20)}` as const;
const hashOf = (name: string) => keccak256(utf8ToBytes(name));
const anAccusation = (name: string, dispute?: Accusation["dispute"]): Accusation => ({
  ...{ resultHash: hashOf(name), untilSeconds: 10_000, isPlanted: false, dispute },
});
const next = (accusations: readonly Accusation[], nowSeconds = 1_000) =>
  nextAccusations({ self: SELF, nowSeconds, accusations });
const open = (opener: typeof SELF | typeof OTHER) => ({ opener, phase: "seated", ending: undefined }) as const;
const ended = (ending: "cleared" | "slashed" | "undecided" | "undrawn") =>
  ({ opener: SELF, phase: "ended", ending }) as const;

describe("what a validator has judged by others", () => {
  it("is what it found wrong and nobody disputes, up to a bound of its own open disputes", () => {
    expect(next([anAccusation("one"), anAccusation("disputed", open(OTHER))])).toEqual({
      open: [hashOf("one")],
      over: [],
    });
    const own = Array.from({ length: DISPUTES_OPEN_MAX - 1 }, (_, at) => anAccusation(`own ${at}`, open(SELF)));
    expect(next([...own, anAccusation("one"), anAccusation("two")]).open).toEqual([hashOf("one")]);
    expect(next([...own, anAccusation("last", open(SELF)), anAccusation("one")]).open).toEqual([]);
  });

  it("is opened again where nobody could decide, and over where somebody has", () => {
    for (const ending of ["undecided", "undrawn"] as const) {
      expect(next([anAccusation("one", ended(ending))])).toEqual({ open: [hashOf("one")], over: [] });
    }
    for (const ending of ["cleared", "slashed"] as const) {
      expect(next([anAccusation("one", ended(ending))])).toEqual({ open: [], over: [hashOf("one")] });
    }
  });

  it("is nothing that was planted", () => {
    const planted = { ...anAccusation("planted"), isPlanted: true };
    expect(next([planted, anAccusation("one")])).toEqual({ open: [hashOf("one")], over: [hashOf("planted")] });
  });

  it("is over when it would come too late, but not while its dispute goes on", () => {
    expect(next([anAccusation("one")], 9_940)).toEqual({ open: [], over: [hashOf("one")] });
    expect(next([anAccusation("one")], 9_939).open).toEqual([hashOf("one")]);
    expect(next([anAccusation("one", open(SELF))], 20_000)).toEqual({ open: [], over: [] });
  });
});
