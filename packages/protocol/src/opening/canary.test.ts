import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { utf8ToBytes } from "../bytes.js";
import { bytesOf, SESSION } from "../test/aSealing.js";
import { CANARY_SHAPES_MIN, canaryPrompt, canaryShape, isCanaryDue, type TaskShape } from "./canary.js";

const SECRET = bytesOf("canaries");
const NONE: ReadonlySet<string> = new Set();
const place = (seq: number) => ({ session: SESSION, seq });
/** A session whose tasks are of two kinds, and come in bursts. */
const REAL: readonly TaskShape[] = Array.from({ length: 200 }, (_, at) => ({
  promptBytes: at % 3 === 0 ? 3_000 + at : 90 + (at % 17),
  maxTokens: at % 3 === 0 ? 512 : 64,
  gapMs: at % 5 === 0 ? 20_000 + at : 300 + at,
}));
const CANARIES = Array.from({ length: 4_000 }, (_, seq) => canaryShape(SECRET, place(seq), REAL)).flatMap(
  (one) => one ?? [],
);

describe("canaries", () => {
  it("are due at their rate, by nothing that is known without the secret", () => {
    const dueOf = (secret: Uint8Array, rate: number) =>
      Array.from({ length: 20_000 }, (_, seq) => isCanaryDue(secret, { ...place(seq), rate }));
    const share = dueOf(SECRET, 0.05).filter(Boolean).length / 20_000;
    expect(Math.abs(share - 0.05)).toBeLessThan(0.008);
    const [one, two] = [dueOf(SECRET, 0.5), dueOf(bytesOf("another"), 0.5)];
    const agreed = one.filter((due, at) => due === two[at]).length / one.length;
    expect(Math.abs(agreed - 0.5)).toBeLessThan(0.02);
    expect(dueOf(SECRET, 0).some(Boolean)).toBe(false);
    expect(dueOf(SECRET, 1).every(Boolean)).toBe(true);
  });

  it.each(["promptBytes", "maxTokens", "gapMs"] as const)("aren't told from real tasks by their %s", (field) => {
    expect(CANARIES).toHaveLength(4_000);
    expect(
      advantage(
        REAL.map((one) => one[field]),
        CANARIES.map((one) => one[field]),
      ),
    ).toBeLessThan(0.05);
  });

  it("would be told where their sizes were their maker's own: the measure sees it", () => {
    expect(
      advantage(
        REAL.map((one) => one.promptBytes),
        CANARIES.map(() => 256),
      ),
    ).toBeGreaterThan(0.3);
  });

  it("aren't sent before there are tasks to hide among", () => {
    expect(canaryShape(SECRET, place(1), REAL.slice(0, CANARY_SHAPES_MIN - 1))).toBeUndefined();
    expect(canaryShape(SECRET, place(1), REAL.slice(0, CANARY_SHAPES_MIN))).toBeDefined();
  });

  it("ask in exactly as many bytes as they should, whatever the texts", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }), { minLength: 1 }),
        fc.nat(600),
        fc.nat(1_000),
        (texts, bytes, seq) => {
          const prompt = canaryPrompt(SECRET, place(seq), { texts, bytes, asked: NONE });
          expect(utf8ToBytes(prompt ?? "none")).toHaveLength(bytes);
        },
      ),
      { numRuns: 200 },
    );
    const ask = () => canaryPrompt(SECRET, place(1), { texts: [""], bytes: 5, asked: NONE });
    expect(ask).toThrow("PROTOCOL_ASSERTION_FAILED");
  });

  it("never ask what was asked, begin as a text does while any text has a beginning left, and end where none has", () => {
    const texts = ["Why does iron rust?", "Who built the town?"];
    const asked = new Set<string>();
    const prompts: string[] = [];
    for (let seq = 0; ; seq += 1) {
      const prompt = canaryPrompt(SECRET, place(seq), { texts, bytes: 14, asked });
      if (prompt === undefined) break;
      expect(asked.has(prompt)).toBe(false);
      asked.add(prompt);
      prompts.push(prompt);
    }
    expect(prompts.slice(0, 2).sort()).toEqual(["Who built the ", "Why does iron "]);
    expect(prompts.slice(2, 4).sort()).toEqual(["built the town", "does iron rust"]);
    expect(prompts).toHaveLength(8);
  });
});

/** The most that any threshold on one figure tells the two apart by: 0 not at all, 1 always. */
function advantage(real: readonly number[], canaries: readonly number[]): number {
  const share = (all: readonly number[], at: number) => all.filter((one) => one <= at).length / all.length;
  return Math.max(...new Set([...real, ...canaries].map((at) => Math.abs(share(real, at) - share(canaries, at)))));
}
