import { describe, expect, it } from "vitest";
import { roundSlotAt, roundWindowAt } from "./roundWindow.js";

/** Epoch 4 runs from 3,400 to 4,000, its cut-off at 3,940. */
const times = { t0: 1_000, epochSeconds: 600 };
const drand = { genesis: 1_001, periodSeconds: 3 };

describe("the time of a round of drand", () => {
  it("is from its publication after the cut-off until the next epoch begins", () => {
    const window = { epoch: 5, round: 981, opens: 3_941, closes: 4_000 };
    expect(roundWindowAt(times, drand, 3_400)).toEqual(window);
    expect(roundWindowAt(times, drand, 3_999)).toEqual(window);
    expect(roundWindowAt(times, drand, 4_000)).toMatchObject({ epoch: 6, opens: 4_541, closes: 4_600 });
    expect(roundWindowAt(times, { genesis: 1_000, periodSeconds: 3 }, 3_400)).toMatchObject({
      round: 981,
      opens: 3_940,
    });
  });

  it("isn't there when the round comes too late", () => {
    const { opens, closes } = roundWindowAt(times, { genesis: 0, periodSeconds: 3_997 }, 3_950);
    expect([opens, closes]).toEqual([3_997, 4_000]);
    const late = roundWindowAt(times, { genesis: 10_000, periodSeconds: 3 }, 3_950);
    expect(late).toMatchObject({ round: 1, opens: 10_000, closes: 4_000 });
  });

  it("has six slots, in the last of which nobody waits", () => {
    const window = roundWindowAt(times, drand, 3_950);
    expect([3_940, 3_949, 3_950, 3_989, 3_990, 3_999].map((time) => roundSlotAt(times, window, time))).toEqual([
      { slot: 0, isLast: false },
      { slot: 0, isLast: false },
      { slot: 1, isLast: false },
      { slot: 4, isLast: false },
      { slot: 5, isLast: true },
      { slot: 5, isLast: true },
    ]);
  });
});
