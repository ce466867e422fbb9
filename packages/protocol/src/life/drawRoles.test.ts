import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keccak256, utf8ToBytes } from "../bytes.js";
import { drawWindow } from "../draw/drawEpoch.js";
import { areApart } from "../machine/networkTask.js";
import type { Address, Bytes32 } from "../primitives.js";
import { aLifeInPool, anActiveLife, aReservedLife } from "../test/aLife.js";
import { drawJudged, drawMakers, ROLE_COOL_SECONDS, type RoleCandidate } from "./drawRoles.js";

const CLOCK = { t0Seconds: 0, epochSeconds: 600 };
const WINDOW = drawWindow(10, CLOCK);
const BEFORE = WINDOW.fixedAtSeconds - 1;
const word = (text: string): Bytes32 => keccak256(utf8ToBytes(text));
const address = (text: string): Address => word(text).slice(0, 42) as Address;
const DRAW = { beacon: word("beacon"), taskId: word("task"), window: WINDOW, nowSeconds: WINDOW.opensSeconds };

function aCandidate(index: number, over: Partial<RoleCandidate> = {}): RoleCandidate {
  const names = { node: address(`node ${index}`), owner: address(`owner ${index}`) };
  return { ...names, weight: 1, life: aLifeInPool(BEFORE), drawnAtSeconds: 0, difficulty: 5, ...over };
}
const candidates = (count: number): RoleCandidate[] => Array.from({ length: count }, (_, index) => aCandidate(index));

describe("the draw of who makes a task", () => {
  it("seats three creators and three preparers, by turns, all of them apart", () => {
    const makers = drawMakers(candidates(9), DRAW);
    expect([makers?.creators.length, makers?.preparers.length]).toEqual([3, 3]);
    expect(areApart([...(makers?.creators ?? []), ...(makers?.preparers ?? [])])).toBe(true);
    const two = drawMakers(candidates(2), DRAW);
    expect([two?.creators.length, two?.preparers.length]).toEqual([1, 1]);
  });

  it("is none out of its epoch", () => {
    expect(drawMakers(candidates(9), { ...DRAW, nowSeconds: WINDOW.opensSeconds - 1 })).toBeUndefined();
    expect(drawMakers(candidates(9), { ...DRAW, nowSeconds: WINDOW.closesSeconds })).toBeUndefined();
  });

  it("passes over who is at a session's service, cools down, came late, is silent or has no level for it", () => {
    const all = [
      aCandidate(1, { life: aReservedLife(BEFORE, { periodSeconds: 86_400, tasksMax: 0 }) }),
      aCandidate(2, { drawnAtSeconds: WINDOW.opensSeconds - ROLE_COOL_SECONDS + 1 }),
      aCandidate(3, { life: aLifeInPool(WINDOW.fixedAtSeconds) }),
      aCandidate(4, { life: aLifeInPool(WINDOW.opensSeconds - 3_600) }),
      aCandidate(5, { life: aLifeInPool(BEFORE, 1) }),
      aCandidate(6, { drawnAtSeconds: WINDOW.opensSeconds - ROLE_COOL_SECONDS }),
    ];
    expect(drawMakers(all, DRAW)).toEqual({ creators: [{ node: all[5]?.node, owner: all[5]?.owner }], preparers: [] });
  });
});

describe("the draw of who solves and scores it", () => {
  const of = { ...DRAW, makers: [], difficulty: 5 };

  it("seats three scorers of a validator's level, and as solvers those whose turn the difficulty is", () => {
    const weak = [20, 21].map((index) => aCandidate(index, { life: anActiveLife(BEFORE), difficulty: 1 }));
    const first = drawJudged([...candidates(4), ...weak], { ...of, difficulty: 1 });
    expect(new Set(first?.solvers.map(({ node }) => node))).toEqual(new Set(weak.map(({ node }) => node)));
    expect(first?.scorers).toHaveLength(3);
    const fifth = drawJudged([...candidates(12), ...weak], of);
    expect([fifth?.scorers.length, fifth?.solvers.length]).toEqual([3, 7]);
  });

  it("never seats a maker, a node of its owner, or two of one owner", () => {
    const owners = fc.array(fc.nat(7), { minLength: 2, maxLength: 24 });
    fc.assert(
      fc.property(owners, fc.nat(), (owned, beacon) => {
        const all = owned.map((owner, index) => aCandidate(index, { owner: address(`owner ${owner}`) }));
        const draw = { ...of, beacon: word(`beacon ${beacon}`) };
        const [maker] = drawMakers(all, draw)?.creators ?? [];
        const makers = maker === undefined ? [] : [maker];
        const judged = drawJudged(all, { ...draw, makers });
        expect(areApart([...makers, ...(judged?.solvers ?? []), ...(judged?.scorers ?? [])])).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
