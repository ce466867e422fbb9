import { describe, expect, it } from "vitest";
import { DEEP_RUN_SECONDS, hasTimeFor, partsLeft, recordToContinue, totals, withPart } from "./deepRecord.mjs";

const partNames = ["one", "two", "three"];
const of = { deep: "kills", says: "kills", commit: "abc", sources: "a1", machine: "two cores", partNames };
const fresh = recordToContinue(undefined, of);
const ran = (part: string, failed = 0, seconds = 10) => ({ part, passed: 3, failed, seconds });

describe("a deep run in parts", () => {
  it("goes on where a run of the same sources stopped", () => {
    const kept = withPart(fresh, ran("one"));
    expect(partsLeft(recordToContinue(kept, of), partNames)).toEqual(["two", "three"]);
  });
  it.each([
    ["a record of other sources", { ...withPart(fresh, ran("one")), sources: "b2" }],
    ["a record of other parts", withPart(fresh, ran("four"))],
    ["a record of fewer parts", { ...withPart(fresh, ran("one")), of: 2 }],
    ["no record", undefined],
  ])("begins anew with %s", (_what, kept) => {
    expect(partsLeft(recordToContinue(kept, of), partNames)).toEqual(partNames);
  });
  it("runs a part that failed again, and counts it once", () => {
    const failed = withPart(fresh, ran("one", 1));
    expect(partsLeft(failed, partNames)).toEqual(partNames);
    expect(totals(withPart(failed, ran("one")))).toEqual({ passed: 3, failed: 0, seconds: 10 });
  });
  it("sums whatever its parts count", () => {
    const record = withPart(withPart(fresh, { ...ran("one"), calls: 5 }), { ...ran("two"), calls: 7 });
    expect(totals(record)).toEqual({ passed: 6, failed: 0, seconds: 20, calls: 12 });
  });
  it("begins no part that may not end in time", () => {
    const record = withPart(fresh, ran("one", 0, 600));
    expect(hasTimeFor(record, DEEP_RUN_SECONDS - 600)).toBe(true);
    expect(hasTimeFor(record, DEEP_RUN_SECONDS - 599)).toBe(false);
  });
});
