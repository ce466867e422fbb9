import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  chooseMiner,
  DEFAULT_MATCH_RULES,
  hasRoom,
  lastingMisfit,
  type MatchRequest,
  type MinerOffer,
  misfitOf,
  waitMs,
} from "./chooseMiner.js";
import { addressAt, anOffer } from "./test/anOffer.js";

function aRequest(change: Partial<MatchRequest> = {}): MatchRequest {
  return {
    tokensMin: 100,
    weiPerTokenInMax: 10n,
    weiPerTokenOutMax: 10n,
    feeCapWei: 1_000n,
    excluded: new Set(),
    ...change,
  };
}

const rules = { ...DEFAULT_MATCH_RULES, exploration: 0 };
/** Numbers in turn; the last one from there on. */
const inTurn = (...numbers: readonly number[]) => {
  let at = -1;
  return () => {
    at = Math.min(at + 1, numbers.length - 1);
    return numbers[at] ?? 0;
  };
};

describe("chooseMiner", () => {
  it("takes the one that would be done soonest", () => {
    const slow = anOffer({ miner: addressAt(1), tokensAhead: 100, tokensPerSecond: 10 });
    const fast = anOffer({ miner: addressAt(2), tokensAhead: 500, tokensPerSecond: 100 });
    const outcome = chooseMiner(aRequest(), { offers: [slow, fast], rules, random: () => 0.5 });
    expect(outcome).toEqual({ kind: "chosen", offer: fast });
  });

  it.each([
    ["noOffer", undefined],
    ["unverified", { isVerified: false }],
    ["unproved", { isProved: false }],
    ["context", { contextTokens: 99 }],
    ["price", { weiPerTokenOut: 11n }],
    ["price", { weiPerTokenIn: 11n }],
    ["exposure", { inFlightWei: 999_001n }],
    ["busy", { tasks: 4 }],
    ["busy", { capacity: 20, ownTasks: 4 }],
  ] as const)("finds nobody, and says %s", (reason, change) => {
    const offers = change === undefined ? [] : [anOffer(change)];
    expect(chooseMiner(aRequest(), { offers, rules, random: () => 0.5 })).toEqual({ kind: "none", reason });
  });

  it("takes an offer at each limit", () => {
    const offer = anOffer({
      contextTokens: 100,
      weiPerTokenIn: 10n,
      weiPerTokenOut: 10n,
      inFlightWei: 999_000n,
      tasks: 3,
    });
    expect(chooseMiner(aRequest(), { offers: [offer], rules, random: () => 0.5 }).kind).toBe("chosen");
  });

  it("sends a new task only where it starts soon, and a hand-over also where it waits", () => {
    const offers = [anOffer({ capacity: 20, tasks: 10, ownTasks: 4, startsMax: 4 })];
    expect(hasRoom(anOffer({ tasks: 3, ownTasks: 3 }))).toBe(true);
    expect(offers.some(hasRoom)).toBe(false);
    const choose = (request: MatchRequest) => chooseMiner(request, { offers, rules, random: () => 0.5 }).kind;
    expect(choose(aRequest())).toBe("none");
    expect(choose(aRequest({ mayQueue: true }))).toBe("chosen");
  });

  it("tells a miner that is busy from one that can never serve", () => {
    const lasting = (...changes: readonly Partial<MinerOffer>[]) =>
      lastingMisfit(aRequest(), { offers: changes.map((change) => anOffer(change)), rules });
    expect(lasting({ tasks: 4 })).toBeUndefined();
    expect(lasting({ ownTasks: 4 })).toBeUndefined();
    expect(lasting({ inFlightWei: 1_000_000n })).toBeUndefined();
    expect(lasting({ contextTokens: 1 }, { tasks: 4 })).toBeUndefined();
    expect(lasting({ stakeWei: 999n })).toBe("exposure");
    expect(lasting({ capacity: 0 })).toBe("busy");
    expect(lasting({ contextTokens: 1 })).toBe("context");
    expect(lasting()).toBe("noOffer");
  });

  it("asks for no stake when none is wanted", () => {
    const offer = anOffer({ stakeWei: 0n });
    const outcome = chooseMiner(aRequest(), {
      offers: [offer],
      rules: { ...rules, stakePerFee: 0n },
      random: () => 0.5,
    });
    expect(outcome.kind).toBe("chosen");
  });

  it("says the nearest miss of all offers", () => {
    const offers = [anOffer({ isProved: false }), anOffer({ tasks: 4 }), anOffer({ contextTokens: 1 })];
    expect(chooseMiner(aRequest(), { offers, rules, random: () => 0 })).toEqual({ kind: "none", reason: "busy" });
  });

  it("leaves out who was tried already", () => {
    const offers = [anOffer({ miner: addressAt(1) }), anOffer({ miner: addressAt(2), tokensAhead: 1_000 })];
    const outcome = chooseMiner(aRequest({ excluded: new Set([addressAt(1)]) }), { offers, rules, random: () => 0 });
    expect(outcome).toMatchObject({ offer: { miner: addressAt(2) } });
  });

  it("stays with the warm prefix while the queue there costs less than the prefix saves", () => {
    const idle = anOffer({ miner: addressAt(1) });
    const warm = anOffer({ miner: addressAt(2), tokensAhead: 50 });
    const choose = (savesMs: number) =>
      chooseMiner(aRequest({ warm: { miner: warm.miner, savesMs } }), {
        offers: [idle, warm],
        rules,
        random: () => 0.5,
      });
    expect(choose(1_000)).toMatchObject({ offer: { miner: warm.miner } });
    expect(choose(999)).toMatchObject({ offer: { miner: idle.miner } });
  });

  it("leaves out whoever would be much later with the task itself, and shares between those that are as good", () => {
    const fast = anOffer({ miner: addressAt(1), tokensPerSecond: 100 });
    const nearly = anOffer({ miner: addressAt(2), tokensPerSecond: 80 });
    const slow = anOffer({ miner: addressAt(3), tokensPerSecond: 79 });
    const choose = (first: MinerOffer, second: MinerOffer, expectedTokens?: number) => {
      const request = aRequest(expectedTokens === undefined ? {} : { expectedTokens });
      return chooseMiner(request, { offers: [first, second], rules, random: () => 0 });
    };
    expect(choose(nearly, fast, 100)).toMatchObject({ offer: nearly });
    expect(choose(fast, nearly, 100)).toMatchObject({ offer: fast });
    expect(choose(slow, fast, 100)).toMatchObject({ offer: fast });
    expect(choose(slow, fast)).toMatchObject({ offer: slow });
    // Nobody has seen how fast it is: it has its chance.
    const fresh = anOffer({ ...slow, isMeasured: false });
    expect(choose(fresh, fast, 100)).toMatchObject({ offer: fresh });
    expect(choose(fast, fresh, 100)).toMatchObject({ offer: fast });
    // What waits before the task counts beside it.
    expect(choose(slow, { ...fast, tokensAhead: 100 }, 100)).toMatchObject({ offer: slow });
  });

  it("leaves the warm prefix for a miner that is done sooner all the same", () => {
    const fast = anOffer({ miner: addressAt(1), tokensPerSecond: 100 });
    const slow = anOffer({ miner: addressAt(2), tokensPerSecond: 50 });
    const choose = (savesMs: number) => {
      const request = aRequest({ expectedTokens: 100, warm: { miner: slow.miner, savesMs } });
      return chooseMiner(request, { offers: [fast, slow], rules, random: () => 0 });
    };
    expect(choose(749)).toMatchObject({ offer: fast });
    expect(choose(750)).toMatchObject({ offer: slow });
  });

  it("prefers the kernel class of an answer under way, and takes another only without it", () => {
    const kernelClass = `0x${"bb".repeat(32)}` as const;
    const same = anOffer({ miner: addressAt(2), kernelClass, tokensAhead: 1_000 });
    const other = anOffer({ miner: addressAt(1) });
    const choose = (offers: readonly MinerOffer[]) =>
      chooseMiner(aRequest({ kernelClass }), { offers, rules, random: () => 0.5 });
    expect(choose([other, same])).toMatchObject({ offer: { miner: same.miner } });
    expect(choose([other])).toMatchObject({ offer: { miner: other.miner } });
  });

  it("explores: now and then any able miner, however busy", () => {
    const idle = anOffer({ miner: addressAt(1) });
    const loaded = anOffer({ miner: addressAt(2), tokensAhead: 10_000 });
    const parts = { offers: [idle, loaded], rules: { ...rules, exploration: 0.05 } };
    expect(chooseMiner(aRequest(), { ...parts, random: inTurn(0.04, 0.99) })).toMatchObject({ offer: loaded });
    expect(chooseMiner(aRequest(), { ...parts, random: inTurn(0.05, 0.99) })).toMatchObject({ offer: idle });
  });

  it("chooses an able miner whenever there is one, and never another", () => {
    const offer = fc.record({
      tasks: fc.nat(5),
      tokensAhead: fc.nat(10_000),
      tokensPerSecond: fc.integer({ min: 1, max: 1_000 }),
      contextTokens: fc.integer({ min: 50, max: 200 }),
      isVerified: fc.boolean(),
      isProved: fc.boolean(),
      score: fc.double({ min: 0, max: 1, noNaN: true }),
      stakeWei: fc.bigInt(0n, 5_000n),
    });
    fc.assert(
      fc.property(
        fc.array(offer, { maxLength: 40 }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        (changes, numbers) => {
          const offers = changes.map((change, index) => anOffer({ ...change, miner: addressAt(index + 1) }));
          const random = (): number => numbers.next().value ?? 0;
          const outcome = chooseMiner(aRequest(), { offers, rules: DEFAULT_MATCH_RULES, random });
          const able = offers.filter((one) => misfitOf(aRequest(), one, DEFAULT_MATCH_RULES) === undefined);
          expect(outcome.kind).toBe(able.length > 0 ? "chosen" : "none");
          if (outcome.kind === "chosen") expect(able).toContain(outcome.offer);
          if (outcome.kind === "chosen") expect(outcome.offer.isVerified).toBe(true);
        },
      ),
    );
  });

  it("spreads a load over many miners better than one random draw would", () => {
    let seed = 1;
    const random = (): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const seats = Array.from({ length: 100 }, (_, index) => ({ miner: addressAt(index + 1), tokensAhead: 0 }));
    for (let task = 0; task < 5_000; task += 1) {
      const offers = seats.map((seat) => anOffer({ ...seat, capacity: 1_000, startsMax: 1_000, stakeWei: 10n ** 18n }));
      const outcome = chooseMiner(aRequest(), { offers, rules, random });
      if (outcome.kind !== "chosen") throw new Error("nobody was found");
      const seat = seats.find(({ miner }) => miner === outcome.offer.miner);
      if (seat !== undefined) seat.tokensAhead += 1;
    }
    const loads = seats.map(({ tokensAhead }) => tokensAhead);
    // 50 each on average; single random draws leave some above 70.
    expect(Math.max(...loads)).toBeLessThan(60);
    expect(waitMs(anOffer({ tokensAhead: 50 }))).toBe(1_000);
  });
});
