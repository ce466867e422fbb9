import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keccak256, utf8ToBytes } from "../bytes.js";
import { drawWindow } from "../draw/drawEpoch.js";
import type { Address, Bytes32 } from "../primitives.js";
import { after, aLifeInPool, anActiveLife, anEvent } from "../test/aLife.js";
import { chiSquare } from "../test/chiSquare.js";
import { nextNodeState } from "./nextNodeState.js";
import { type NodeLife, SILENCE_SECONDS } from "./nodeLife.js";
import { nodesReservedFor, type PoolNode, type ReserveRequest, reserveNodes } from "./nodePool.js";

const CLOCK = { t0Seconds: 0, epochSeconds: 600 };
const WINDOW = drawWindow(10, CLOCK);
const NOW = WINDOW.opensSeconds;
const BEFORE = WINDOW.fixedAtSeconds - 1;
const word = (text: string): Bytes32 => keccak256(utf8ToBytes(text));
const address = (text: string): Address => word(text).slice(0, 42) as Address;

function aNode(index: number, life: NodeLife = aLifeInPool(BEFORE)): PoolNode {
  return { node: address(`node ${index}`), owner: address(`owner ${index}`), weight: 1, life };
}
const nodes = (count: number): PoolNode[] => Array.from({ length: count }, (_, index) => aNode(index));
function aRequest(over: Partial<ReserveRequest> = {}): ReserveRequest {
  const terms = { nodesMin: 1, nodesMax: 2, levelMin: 0, periodSeconds: 300, tasksMax: 0 };
  return { session: 7, subject: word("request"), requestedEpoch: 10, ...terms, ...over };
}
const reserve = (
  pool: readonly PoolNode[],
  over: Partial<ReserveRequest> = {},
  nowSeconds = NOW,
  beacon = word("beacon"),
) => reserveNodes(pool, aRequest(over), { beacon, clock: CLOCK, nowSeconds });
const outcome = (step: ReturnType<typeof reserve>): unknown =>
  step.kind === "moved" ? step.state.drawn : step.refusal;

describe("the pool", () => {
  it("gives a session the nodes that the beacon draws, and nobody else them meanwhile", () => {
    const step = reserve(nodes(5));
    if (step.kind === "refused") throw new Error(step.refusal);
    const { pool, drawn } = step.state;
    expect(drawn).toHaveLength(2);
    expect(nodesReservedFor(pool, 7, NOW + 299)).toEqual(
      pool.map(({ node }) => node).filter((node) => drawn.includes(node)),
    );
    expect(nodesReservedFor(pool, 7, NOW + 300)).toEqual([]);
    const next = reserve(pool, { session: 8, subject: word("next"), nodesMax: 5 });
    const others = pool.map(({ node }) => node).filter((node) => !drawn.includes(node));
    expect(new Set(next.kind === "moved" ? next.state.drawn : [])).toEqual(new Set(others));
  });

  it("is drawn in one epoch alone, the second after the request's", () => {
    expect(outcome(reserve(nodes(3), {}, NOW - 1))).toBe("drawEarly");
    expect(outcome(reserve(nodes(3), {}, NOW + 599))).toHaveLength(2);
    expect(outcome(reserve(nodes(3), {}, NOW + 600))).toBe("drawLate");
  });

  it("draws whoever was in it before the request's epoch ended, and still is", () => {
    const late = aNode(1, aLifeInPool(WINDOW.fixedAtSeconds));
    const silent = aNode(2, aLifeInPool(NOW - SILENCE_SECONDS));
    const gone = aNode(3, after(aLifeInPool(BEFORE), anEvent({ kind: "leavePool" }), BEFORE + 1));
    const outside = aNode(4, anActiveLife(BEFORE));
    expect(outcome(reserve([aNode(0), late, silent, gone, outside]))).toEqual([aNode(0).node]);
  });

  it("gives none when there are fewer than asked for, or too few of the level", () => {
    expect(outcome(reserve(nodes(2), { nodesMin: 3, nodesMax: 3 }))).toBe("tooFew");
    const low = aNode(9, aLifeInPool(BEFORE, 3));
    expect(outcome(reserve([low, aNode(0)], { levelMin: 4 }))).toEqual([aNode(0).node]);
    expect(outcome(reserve([low], { levelMin: 4 }))).toBe("tooFew");
  });

  it.each<[Partial<ReserveRequest>]>([
    [{ nodesMin: 0 }],
    [{ nodesMin: 3, nodesMax: 2 }],
    [{ nodesMax: 1_025 }],
    [{ levelMin: 11 }],
    [{ requestedEpoch: -1 }],
    [{ periodSeconds: 0 }],
    [{ tasksMax: 0.5 }],
    [{ session: 0 }],
  ])("refuses %o", (over) => {
    expect(outcome(reserve(nodes(3), over))).toBe("outOfRange");
  });

  it("draws every node of equal weight as often", () => {
    const pool = nodes(6);
    const drawn = Array.from({ length: 600 }, (_, index) => reserve(pool, {}, NOW, word(`beacon ${index}`)));
    const seen = pool.map(
      ({ node }) => drawn.filter((step) => step.kind === "moved" && step.state.drawn.includes(node)).length,
    );
    // Two of six at once vary less than independent draws: the bound of 0.1 % at 5 degrees of freedom is on the safe side.
    expect(
      chiSquare(
        seen,
        pool.map(() => 1),
      ),
    ).toBeLessThan(20.5);
  });

  it("counts tasks and time exactly, whatever happens in between", () => {
    const anyUse = fc.array(
      fc.tuple(fc.constantFrom("beginTask", "endTask", "ping"), fc.integer({ min: 0, max: 40 })),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(anyUse, fc.nat(6), fc.integer({ min: 1, max: 400 }), (uses, tasksMax, periodSeconds) => {
        const step = reserve(nodes(1), { tasksMax, periodSeconds, nodesMax: 1 });
        if (step.kind === "refused") throw new Error(step.refusal);
        let [life, now, begun, ended] = [step.state.pool[0]?.life ?? aLifeInPool(NOW), NOW, 0, 0];
        for (const [kind, wait] of uses) {
          now += wait;
          const next = nextNodeState(life, kind === "ping" ? anEvent({ kind }) : anEvent({ kind, session: 7 }), now);
          const isOpen = now < NOW + periodSeconds && !(tasksMax > 0 && ended === tasksMax);
          const mayBegin = isOpen && (tasksMax === 0 || begun < tasksMax);
          const mayEnd = isOpen && ended < begun;
          if (kind === "beginTask") expect(next.kind === "moved").toBe(mayBegin);
          if (kind === "endTask") expect(next.kind === "moved").toBe(mayEnd);
          if (next.kind === "refused") continue;
          life = next.state;
          if (kind === "beginTask") begun += 1;
          if (kind === "endTask") ended += 1;
        }
        const isUsed = tasksMax > 0 && ended === tasksMax;
        const isOver = now >= NOW + periodSeconds;
        expect(life.state).toBe(isUsed ? "released" : "reserved");
        const isReserved = nodesReservedFor([aNode(0, life)], 7, now).length === 1;
        expect(isReserved).toBe(!isUsed && !isOver);
      }),
      { numRuns: 300 },
    );
  });
});
