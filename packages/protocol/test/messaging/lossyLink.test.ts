import { describe, expect, it } from "vitest";
import { playLossyLink, violationsOf } from "./lossyLink.js";

const RUNS = Number(process.env.CORTENSOR_MESSAGE_RUNS ?? 60);
const FROM = Number(process.env.CORTENSOR_MESSAGE_FROM ?? 0);

describe("a link whose relayers drop, double, reorder and delay messages, and die", () => {
  it(`delivers each message exactly once, and makes and loses no COR, in ${RUNS} runs`, () => {
    let repeats = 0;
    for (let seed = FROM; seed < FROM + RUNS; seed += 1) {
      const run = playLossyLink(seed);
      expect(violationsOf(run), `seed ${seed}`).toEqual([]);
      repeats += run.repeats;
    }
    expect(repeats).toBeGreaterThan(RUNS);
  });

  it("says so of a run in which a message had its effect twice, never, or COR was made", () => {
    const run = playLossyLink(0);
    const [first, second] = run.sent;
    if (first === undefined || second === undefined) throw new Error("two were sent");
    const effects = new Map([...run.effects, [first, 2] as const]);
    effects.delete(second);
    const says = violationsOf({ ...run, effects, totalsWei: new Set([...run.totalsWei, 10_001n]) });
    expect(says).toEqual([`${first} had its effect 2 times`, `${second} had its effect 0 times`, "COR was 10001"]);
    expect(violationsOf({ ...run, capWei: 0n }).length).toBeGreaterThan(0);
  });
});
