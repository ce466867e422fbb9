import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DUTY_OUTCOMES_MAX, decodeOutcomes, encodeOutcomes } from "./dutyOutcomes.js";
import { VERDICT_OUTCOMES } from "./verdict.js";

const outcome = fc.constantFrom(undefined, ...VERDICT_OUTCOMES);

describe("outcomes of duties", () => {
  it("are read as they were written, for as many duties and no other number that needs other bytes", () => {
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 60 }), (outcomes) => {
        const bytes = encodeOutcomes(outcomes);
        expect(decodeOutcomes(bytes, outcomes.length)).toEqual(outcomes);
        expect(decodeOutcomes(bytes, outcomes.length + 2)).toBeUndefined();
        if (outcomes.length >= 2) expect(decodeOutcomes(bytes, outcomes.length - 2)).toBeUndefined();
      }),
    );
  });

  it("are only such bytes as would have been written", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), fc.nat({ max: 16 }), (bytes, duties) => {
        const read = decodeOutcomes(bytes, duties);
        if (read !== undefined) expect(encodeOutcomes(read)).toEqual(bytes);
      }),
    );
  });

  it("say nothing with a number that means nothing, or in the half that isn't a duty's", () => {
    expect(decodeOutcomes(Uint8Array.of(0x50), 1)).toBeUndefined();
    expect(decodeOutcomes(Uint8Array.of(0x11), 1)).toBeUndefined();
    expect(decodeOutcomes(Uint8Array.of(0x10), 1)).toEqual(["passed"]);
  });

  it("may be followed by those of opened tasks, as many as there are and no more", () => {
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 20 }), fc.array(outcome, { maxLength: 20 }), (duties, openings) => {
        const all = decodeOutcomes(encodeOutcomes([...duties, ...openings]), duties.length, openings.length);
        expect(all).toEqual([...duties, ...openings]);
        const alone = decodeOutcomes(encodeOutcomes(duties), duties.length, openings.length);
        expect(alone?.slice(0, duties.length)).toEqual(duties);
        const more = encodeOutcomes([...duties, ...openings, "passed", "passed"]);
        expect(decodeOutcomes(more, duties.length, openings.length)).toBeUndefined();
      }),
    );
  });

  it("are refused beyond what the contract takes", () => {
    const range = expect.objectContaining({ code: "PROTOCOL_OUT_OF_RANGE" });
    expect(encodeOutcomes(Array.from({ length: DUTY_OUTCOMES_MAX }, () => undefined))).toHaveLength(4_096);
    expect(() => encodeOutcomes(Array.from({ length: DUTY_OUTCOMES_MAX + 1 }, () => undefined))).toThrow(range);
  });
});
