import { describe, expect, it } from "vitest";
import { equalStakes, keyedSet, wordOf } from "../test/someGuards.js";
import { cutOffOf, epochStart } from "./epochTimes.js";
import { maySign, type SigningFacts } from "./maySign.js";

const set = keyedSet(equalStakes(4), 7);
const [first, second] = set.members.map(({ guard }) => guard) as [`0x${string}`, `0x${string}`];
const times = { t0: 1_000, epochSeconds: 600 };
const able: SigningFacts = {
  guard: first,
  asked: { subjectChainId: 10, kind: "results", epoch: 7, root: wordOf(1) },
  set,
  frozen: new Set([second]),
  times,
  time: epochStart(times, 8),
  headBlock: 120,
  lastBlock: { number: 100, readHash: wordOf(2), hash: wordOf(2) },
  finalityBlocks: 20,
  ownRoot: wordOf(1),
  signedRoot: undefined,
};

describe("a guard", () => {
  it("signs a root that it computed itself, over final blocks, once", () => {
    expect(maySign(able)).toEqual({ kind: "sign" });
    expect(maySign({ ...able, signedRoot: wordOf(1) })).toEqual({ kind: "repeat" });
    expect(maySign({ ...able, time: cutOffOf(times, 8) - 1 })).toEqual({ kind: "sign" });
  });

  it.each<[string, Partial<SigningFacts>, string]>([
    ["it signed another root of that epoch", { signedRoot: wordOf(9) }, "signedOther"],
    [
      "it signed another root, and now has this one itself",
      { signedRoot: wordOf(9), ownRoot: wordOf(1) },
      "signedOther",
    ],
    ["it is no guard of that epoch", { guard: `0x${"99".repeat(20)}` }, "notGuard"],
    ["the set is another epoch's", { set: keyedSet(equalStakes(4), 8) }, "notGuard"],
    ["it is frozen", { guard: second }, "frozen"],
    ["the epoch isn't over", { time: epochStart(times, 8) - 1 }, "outOfTime"],
    ["the next epoch is cut off", { time: cutOffOf(times, 8) }, "outOfTime"],
    ["the last block is not deep enough", { headBlock: 119 }, "notFinal"],
    ["a reorganisation went deeper than that", { lastBlock: { ...able.lastBlock, hash: wordOf(3) } }, "reorganised"],
    ["a leaf couldn't be fetched", { ownRoot: undefined }, "leavesMissing"],
    ["it has another root itself", { ownRoot: wordOf(5) }, "otherRoot"],
  ])("signs nothing when %s", (_when, change, why) => {
    expect(maySign({ ...able, ...change })).toEqual({ kind: "refuse", why });
  });
});
