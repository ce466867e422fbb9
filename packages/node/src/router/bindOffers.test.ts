import type { Address } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { type Binding, chooseBound, lastingBoundMisfit } from "./bindOffers.js";
import { DEFAULT_MATCH_RULES, type MatchRequest, type MinerOffer } from "./chooseMiner.js";
import { anOffer } from "./test/anOffer.js";

const rules = { ...DEFAULT_MATCH_RULES, exploration: 0 };
const [ONE, TWO, THREE] = ["1", "2", "3"].map((digit): Address => `0x${digit.repeat(40)}`) as [
  Address,
  Address,
  Address,
];

function aBinding(change: Partial<Binding> = {}): Binding {
  const open = { mode: "ephemeral", levelMin: 0, takesUnscored: false, nodesMin: 1, nodesMax: 1_024 } as const;
  return { ...open, account: 7, reserves: false, dedicated: new Set(), ...change };
}

const request: MatchRequest = {
  tokensMin: 100,
  weiPerTokenInMax: 10n,
  weiPerTokenOutMax: 10n,
  feeCapWei: 1_000n,
  excluded: new Set(),
};

function choose(
  offers: readonly MinerOffer[],
  binding: Binding,
  change: { readonly busy?: readonly Address[]; readonly request?: Partial<MatchRequest> } = {},
): Address | string {
  const busy = () => new Set(change.busy);
  const parts = { offers, binding, busy, rules, random: Math.random };
  const outcome = chooseBound({ ...request, ...change.request }, parts);
  return outcome.kind === "chosen" ? outcome.offer.miner : outcome.reason;
}

const lasting = (offers: readonly MinerOffer[], binding: Binding) =>
  lastingBoundMisfit(request, { offers, binding, rules });

describe("an ephemeral session", () => {
  it("takes any miner, also one that is dedicated to it", () => {
    expect(choose([anOffer({ miner: ONE })], aBinding({ dedicated: new Set([TWO]) }))).toBe(ONE);
    expect(choose([], aBinding())).toBe("noOffer");
  });
});

describe("a dedicated session", () => {
  const binding = aBinding({ mode: "dedicated", dedicated: new Set([TWO]) });

  it("takes its dedicated node though another would be done sooner", () => {
    expect(choose([anOffer({ miner: ONE }), anOffer({ miner: TWO, tokensAhead: 5_000 })], binding)).toBe(TWO);
  });

  it("takes nobody while none of them is there, and waits while it is busy", () => {
    expect(choose([anOffer({ miner: ONE }), anOffer({ miner: THREE })], binding)).toBe("dedicated");
    expect(lasting([anOffer({ miner: ONE }), anOffer({ miner: THREE })], binding)).toBe("dedicated");
    const busy = [anOffer({ miner: ONE }), anOffer({ miner: TWO, tasks: 4 })];
    expect(choose(busy, binding)).toBe("busy");
    expect(lasting(busy, binding)).toBeUndefined();
  });

  it("without any dedicated node takes nobody", () => {
    expect(choose([anOffer({ miner: ONE })], aBinding({ mode: "dedicated" }))).toBe("dedicated");
  });
});

describe("a hybrid session", () => {
  const binding = aBinding({ mode: "hybrid", dedicated: new Set([TWO]) });

  it("takes its dedicated node first, and any other when that has no room, failed before, or is away", () => {
    expect(choose([anOffer({ miner: ONE }), anOffer({ miner: TWO, tokensAhead: 5_000 })], binding)).toBe(TWO);
    expect(choose([anOffer({ miner: ONE }), anOffer({ miner: TWO, tasks: 4 })], binding)).toBe(ONE);
    expect(
      choose([anOffer({ miner: ONE }), anOffer({ miner: TWO })], binding, { request: { excluded: new Set([TWO]) } }),
    ).toBe(ONE);
    expect(choose([anOffer({ miner: ONE })], binding)).toBe(ONE);
    expect(lasting([anOffer({ miner: ONE })], binding)).toBeUndefined();
  });
});

describe("a session with a level", () => {
  it("takes nodes of that level and above, and no others", () => {
    const offers = [anOffer({ miner: ONE, level: 3 }), anOffer({ miner: TWO, level: 4, tokensAhead: 5_000 })];
    expect(choose(offers, aBinding({ levelMin: 4 }))).toBe(TWO);
    expect(choose(offers, aBinding({ levelMin: 5 }))).toBe("level");
    expect(lasting(offers, aBinding({ levelMin: 5 }))).toBe("level");
    expect(lasting(offers, aBinding({ levelMin: 4 }))).toBeUndefined();
  });

  it("holds its dedicated nodes to it", () => {
    const binding = aBinding({ mode: "dedicated", dedicated: new Set([ONE]), levelMin: 2 });
    expect(choose([anOffer({ miner: ONE, level: 1 }), anOffer({ miner: TWO, level: 9 })], binding)).toBe("level");
  });
});

describe("the engine that a session asks for", () => {
  it("is one that can be made to score, unless it takes any", () => {
    const offers = [anOffer({ miner: ONE, canScore: false })];
    expect(choose(offers, aBinding())).toBe("unscored");
    expect(choose(offers, aBinding({ takesUnscored: true }))).toBe(ONE);
  });
});

describe("the bounds on a session's nodes", () => {
  it("let no task begin with fewer able miners than the least", () => {
    expect(choose([anOffer({ miner: ONE })], aBinding({ nodesMin: 2 }))).toBe("fewNodes");
    expect(lasting([anOffer({ miner: ONE })], aBinding({ nodesMin: 2 }))).toBe("fewNodes");
    expect(choose([anOffer({ miner: ONE }), anOffer({ miner: TWO })], aBinding({ nodesMin: 2 }))).not.toBe("fewNodes");
    const levels = [anOffer({ miner: ONE, level: 5 }), anOffer({ miner: TWO })];
    expect(choose(levels, aBinding({ nodesMin: 2, levelMin: 5 }))).toBe("fewNodes");
  });

  it("keep it on the miners that it has, once they are the most", () => {
    const offers = [anOffer({ miner: ONE, tokensAhead: 5_000 }), anOffer({ miner: TWO }), anOffer({ miner: THREE })];
    expect(choose(offers, aBinding({ nodesMax: 1 }), { busy: [ONE] })).toBe(ONE);
    expect(choose(offers, aBinding({ nodesMax: 2 }), { busy: [ONE] })).not.toBe(ONE);
    expect(choose(offers, aBinding({ nodesMax: 1 }))).not.toBe(ONE);
  });

  it("make it wait while those that it has are full", () => {
    const offers = [anOffer({ miner: ONE, tasks: 4 }), anOffer({ miner: TWO })];
    expect(choose(offers, aBinding({ nodesMax: 1 }), { busy: [ONE] })).toBe("busy");
    expect(lasting(offers, aBinding({ nodesMax: 1 }))).toBeUndefined();
  });
});

describe("a node that the pool keeps for somebody", () => {
  const reserved = (account: number, tasksLeft?: number) => ({ kind: "reserved", account, tasksLeft }) as const;

  it("serves the session that it is reserved for, and no other", () => {
    const offers = [anOffer({ miner: ONE, keptFor: reserved(7) })];
    expect(choose(offers, aBinding())).toBe(ONE);
    expect(choose(offers, aBinding({ account: 8 }))).toBe("kept");
    expect(lasting(offers, aBinding({ account: 8 }))).toBe("kept");
  });

  it("serves, once it is dedicated, the sessions that name it", () => {
    const offers = [anOffer({ miner: ONE, keptFor: { kind: "dedicated" } })];
    expect(choose(offers, aBinding())).toBe("kept");
    expect(choose(offers, aBinding({ mode: "hybrid", dedicated: new Set([ONE]) }))).toBe(ONE);
    expect(choose(offers, aBinding({ mode: "dedicated", dedicated: new Set([ONE]) }))).toBe(ONE);
  });

  it("begins no more tasks than were reserved", () => {
    expect(choose([anOffer({ miner: ONE, keptFor: reserved(7, 1) })], aBinding({ reserves: true }))).toBe(ONE);
    expect(choose([anOffer({ miner: ONE, keptFor: reserved(7, 0) })], aBinding({ reserves: true }))).toBe("reserved");
    expect(choose([anOffer({ miner: ONE, keptFor: reserved(7, 0) })], aBinding())).toBe("kept");
  });
});

describe("a session that reserves nodes", () => {
  it("is served by those alone, in hybrid mode also by its dedicated ones, and refused by name without", () => {
    const free = anOffer({ miner: ONE });
    const own = anOffer({ miner: TWO, keptFor: { kind: "reserved", account: 7, tasksLeft: undefined } });
    const foreign = anOffer({ miner: THREE, keptFor: { kind: "reserved", account: 8, tasksLeft: undefined } });
    const binding = aBinding({ reserves: true });
    for (let draw = 0; draw < 20; draw += 1) expect(choose([free, own, foreign], binding)).toBe(TWO);
    expect(choose([free, foreign], binding)).toBe("reserved");
    expect(lasting([free, foreign], binding)).toBe("reserved");
    expect(choose([free], aBinding({ reserves: true, mode: "hybrid", dedicated: new Set([ONE]) }))).toBe(ONE);
  });

  it("counts those alone towards its least number of nodes", () => {
    const own = anOffer({ miner: TWO, keptFor: { kind: "reserved", account: 7, tasksLeft: undefined } });
    expect(choose([anOffer({ miner: ONE }), own], aBinding({ reserves: true, nodesMin: 2 }))).toBe("fewNodes");
  });
});
