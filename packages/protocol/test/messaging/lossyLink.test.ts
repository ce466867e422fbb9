import { describe, expect, it } from "vitest";
import { playLossyLink } from "./lossyLink.js";

const RUNS = Number(process.env.CORTENSOR_MESSAGE_RUNS ?? 60);
const FROM = Number(process.env.CORTENSOR_MESSAGE_FROM ?? 0);

describe("a link whose relayers drop, double, reorder and delay messages, and die", () => {
  it(`delivers each message exactly once, and makes and loses no COR, in ${RUNS} runs`, () => {
    let repeats = 0;
    for (let seed = FROM; seed < FROM + RUNS; seed += 1) {
      const run = playLossyLink(seed);
      const label = `seed ${seed}`;
      expect(run.sent.length, label).toBeGreaterThan(0);
      expect(
        run.sent.map((id) => run.effects.get(id) ?? 0),
        label,
      ).toEqual(run.sent.map(() => 1));
      expect(run.effects.size, label).toBe(run.sent.length);
      expect([...run.totalsWei], label).toEqual([10_000n]);
      for (const movedWei of run.byWindow.values()) expect(movedWei <= run.capWei, label).toBe(true);
      repeats += run.repeats;
    }
    expect(repeats).toBeGreaterThan(RUNS);
  });
});
