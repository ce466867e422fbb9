import { keccak256, utf8ToBytes } from "@cortensor/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { challengesToAnswer, type WaitingChallenge } from "./challengesToAnswer.js";

const NOW = 1_000;

function aChallenge(name: string, change: Partial<WaitingChallenge> = {}): WaitingChallenge {
  return { id: keccak256(utf8ToBytes(name)), deadline: NOW + 3_600, failures: 0, ...change };
}

const choose = (waiting: readonly WaitingChallenge[], most = 2) =>
  challengesToAnswer(waiting, { nowSeconds: NOW, most });

describe("the challenges that a router answers next", () => {
  it("are the soonest due, and no more than so many", () => {
    const [late, soon, next] = [60, 10, 20].map((left) => aChallenge(`in ${left}`, { deadline: NOW + left }));
    expect(choose([late, soon, next].flatMap((one) => one ?? []))).toEqual([soon, next]);
  });

  it("are none whose deadline is here: the contract takes no answer at it", () => {
    const last = aChallenge("last second", { deadline: NOW + 1 });
    expect(choose([aChallenge("over", { deadline: NOW }), last])).toEqual([last]);
  });

  it("come to each of any number in its turn, however many can't be answered", () => {
    const challenge = fc.record({ left: fc.integer({ min: 1, max: 3_600 }), isMissing: fc.boolean() });
    const all = fc.array(challenge, { minLength: 1, maxLength: 32 });
    fc.assert(
      fc.property(all, fc.integer({ min: 1, max: 8 }), (asked, most) => {
        let waiting = asked.map(({ left, isMissing }, at) => ({
          ...aChallenge(`${at}`, { deadline: NOW + left }),
          isMissing,
        }));
        const rounds = Math.ceil(asked.length / most);
        for (let round = 0; round < rounds; round += 1) {
          const chosen = new Set(challengesToAnswer(waiting, { nowSeconds: NOW, most }));
          expect(chosen.size).toBe(Math.min(most, waiting.length));
          waiting = waiting
            .filter((one) => one.isMissing || !chosen.has(one))
            .map((one) => (chosen.has(one) ? { ...one, failures: one.failures + 1 } : one));
        }
        expect(waiting.filter(({ isMissing }) => !isMissing)).toEqual([]);
      }),
    );
  });
});
