import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BATCH_RECORDS_MAX, REFUSALS_MAX } from "../limits.js";
import { afterDelivery, afterRefusal, mustWithhold, NO_REFUSALS } from "./refusals.js";

describe("a sink's refusals", () => {
  it("are narrowed down to one record, wherever it stands, in few tries, and nothing before it is held back", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 299 }), (poison) => {
        let narrowing = NO_REFUSALS;
        let done = 0;
        let tries = 0;
        while (!mustWithhold(narrowing)) {
          tries += 1;
          const count = Math.min(narrowing.size, 300 - done);
          const isRefused = poison < done + count;
          narrowing = isRefused ? afterRefusal(narrowing, count) : afterDelivery(narrowing);
          if (!isRefused) done += count;
          if (isRefused && count === 1) expect(done).toBe(poison);
        }
        expect(done).toBe(poison);
        expect(tries).toBeLessThan(40 + REFUSALS_MAX);
      }),
    );
  });
  it("are forgotten by deliveries, up to whole batches again", () => {
    let narrowing = afterRefusal(afterRefusal(NO_REFUSALS, 2), 1);
    expect(narrowing).toEqual({ size: 1, refusals: 1 });
    for (let n = 0; n < 10; n++) narrowing = afterDelivery(narrowing);
    expect(narrowing).toEqual({ size: BATCH_RECORDS_MAX, refusals: 0 });
  });
});
