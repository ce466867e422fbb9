import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keccak256, utf8ToBytes } from "../bytes.js";
import { cutOffOf } from "../guards/epochTimes.js";
import type { Bytes32 } from "../primitives.js";
import { type CoveredRange, coverOf, type PostedRoot } from "./outboxCover.js";

const TIMES = { t0: 1_000, epochSeconds: 100 };
const rootOf = (_epoch: number, { from, to }: CoveredRange): Bytes32 => keccak256(utf8ToBytes(`${from}-${to}`));

/** Messages by the epochs in whose records they are. */
function facts(epochs: readonly number[], posted: readonly PostedRoot[], most = 100) {
  const times = epochs.map((epoch) => cutOffOf(TIMES, epoch) - 1);
  return { times: TIMES, posted, most, rootOf, countBefore: (time: number) => times.filter((at) => at < time).length };
}

const post = (epoch: number, from: number, to: number, challengedAt?: number): PostedRoot => ({
  epoch,
  root: rootOf(epoch, { from, to }),
  ...(challengedAt === undefined ? {} : { challengedAt }),
});

describe("what an outbox covers", () => {
  it("is what came before its cut-off and under no root before, also over epochs without one", () => {
    expect(coverOf(facts([1, 1, 2, 4], []), 1).get(1)).toEqual({ from: 0, to: 2 });
    expect(coverOf(facts([1, 1, 2, 4], [post(1, 0, 2)]), 2).get(2)).toEqual({ from: 2, to: 3 });
    expect(coverOf(facts([1, 1, 2, 4], [post(1, 0, 2)]), 4).get(4)).toEqual({ from: 2, to: 4 });
    expect(coverOf(facts([1, 1], [post(1, 0, 2)]), 3).get(3)).toEqual({ from: 2, to: 2 });
  });

  it("begins again where a root was taken out, once the epoch is past that", () => {
    const taken = cutOffOf(TIMES, 2) + 5;
    const posted = [post(1, 0, 2, taken), post(2, 2, 3)];
    expect(coverOf(facts([1, 1, 2, 3], posted), 2).get(2)).toEqual({ from: 2, to: 3 });
    expect(coverOf(facts([1, 1, 2, 3], posted), 3).get(3)).toEqual({ from: 0, to: 4 });
  });

  it("begins again where a root isn't what was sent: a dishonest quorum's hides nothing", () => {
    const lie: PostedRoot = { epoch: 1, root: rootOf(1, { from: 0, to: 99 }) };
    expect(coverOf(facts([1, 1, 2], [lie]), 2).get(2)).toEqual({ from: 0, to: 3 });
  });

  it("leaves to the next what one root has no room for", () => {
    const all = [1, 1, 1, 1, 1];
    expect(coverOf(facts(all, [], 2), 1).get(1)).toEqual({ from: 0, to: 2 });
    expect(coverOf(facts(all, [post(1, 0, 2)], 2), 2).get(2)).toEqual({ from: 2, to: 4 });
  });

  it("leaves no message out for ever, whatever is posted, taken out or lied about", () => {
    const happening = fc.record({ sent: fc.nat(4), fate: fc.constantFrom("none", "honest", "lie", "challenged") });
    fc.assert(
      fc.property(
        fc.array(happening, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        (epochs, most) => {
          const sent = epochs.flatMap(({ sent: count }, epoch) => Array.from({ length: count }, () => epoch));
          const posted: PostedRoot[] = [];
          const standing = new Set<number>();
          const attend = (epoch: number, fate: (typeof epochs)[number]["fate"]) => {
            const range = coverOf(facts(sent, posted, most), epoch).get(epoch);
            if (range === undefined || fate === "none" || range.to === range.from) return;
            expect(range.to - range.from).toBeLessThanOrEqual(most);
            if (fate === "lie") posted.push({ epoch, root: rootOf(epoch, { from: 7, to: 999 }) });
            if (fate === "challenged") posted.push(post(epoch, range.from, range.to, cutOffOf(TIMES, epoch) + 20));
            if (fate !== "honest") return;
            posted.push(post(epoch, range.from, range.to));
            for (let place = range.from; place < range.to; place += 1) standing.add(place);
          };
          for (const [epoch, { fate }] of epochs.entries()) attend(epoch, fate);
          for (let epoch = epochs.length; epoch < epochs.length + 60; epoch += 1) attend(epoch, "honest");
          expect(standing.size).toBe(sent.length);
        },
      ),
      { numRuns: 60 },
    );
  });
});
