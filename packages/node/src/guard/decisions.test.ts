import { cutOffOf, encodeSettlementSet, guardSet, type SettlementLeaf } from "@cortensor/protocol";
import { createManualClock } from "@cortensor/runtime";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CutOffs } from "./cutOffs.js";
import { chooseQuorum } from "./leadEpoch.js";
import { PeerRounds } from "./peerRounds.js";
import { PostedEpochs } from "./postedEpochs.js";
import { rememberSettled } from "./rememberSettled.js";
import { readSettledTasks } from "./settledTasks.js";
import { settleRace } from "./settleRace.js";
import { anEntry, keyOf } from "./test/guardNetwork.js";
import { MemoryChain, TIMES } from "./test/memoryChain.js";
import { waitAwhile } from "./waitAwhile.js";

const guards = ["a1", "b2", "c3", "d4"].map((byte) => `0x${byte.repeat(20)}` as const);
const lane = `0x${"11".repeat(20)}` as const;

describe("an epoch's blocks", () => {
  it("end with the last one before its cut-off, wherever that lies", async () => {
    const gaps = fc.array(fc.nat({ max: 700 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(gaps, fc.nat({ max: 20 }), async (given, epoch) => {
        const chain = new MemoryChain();
        for (const gap of given) chain.mine(chain.time + gap);
        const port = chain.portOf(lane);
        const blocks = await Promise.all(Array.from({ length: chain.head + 1 }, (_, number) => port.readBlock(number)));
        const expected = blocks.filter((block) => block !== undefined && block.time < cutOffOf(TIMES, epoch)).at(-1);
        expect(await new CutOffs(port).lastBlockOf(epoch)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it("begin after the epoch before, or with the network's first", async () => {
    const chain = new MemoryChain();
    for (const time of [1_100, 1_539, 1_540, 1_900]) chain.mine(time);
    const cutOffs = new CutOffs(chain.portOf(lane));
    expect(await cutOffs.rangeOf(0, 2)).toEqual({ fromBlock: 0, toBlock: 2 });
    expect(await cutOffs.rangeOf(1, 4)).toEqual({ fromBlock: 3, toBlock: 4 });
  });
});

describe("the last epoch with a root", () => {
  it("is found backwards, and no epoch is asked about twice", async () => {
    const posted = new Set([0, 3, 70]);
    const asked: number[] = [];
    const epochs = new PostedEpochs({
      readPosted: async ({ epoch }) => {
        asked.push(epoch);
        return posted.has(epoch) ? keyOf("root") : undefined;
      },
    });
    const last = (epoch: number) => epochs.lastBefore({ kind: "results", epoch });
    expect([await last(0), await last(1), await last(3), await last(4), await last(70), await last(71)]).toEqual([
      undefined,
      0,
      0,
      3,
      3,
      70,
    ]);
    expect(new Set(asked).size).toBe(asked.length);
    expect(await last(4)).toBe(3);
  });
});

describe("settled tasks", () => {
  const [one, two] = [anEntry("one"), anEntry("two")];
  const leafOf = ({ id, resultsHash }: typeof one) => ({ id, resultsHash });
  const set = encodeSettlementSet([one]);
  const again = encodeSettlementSet([{ ...one, resultsHash: keyOf("another result") }, two]);
  const leaf = (of: typeof set, changed: Partial<SettlementLeaf> = {}): SettlementLeaf => {
    const { setCid, settlementRoot } = of;
    return { lane, settlementId: keyOf(setCid), setCid, settlementRoot, debitedWei: 1n, ...changed };
  };
  const sets = new Map([set, again].map(({ setCid, bytes }) => [setCid, bytes]));
  const read = (settlements: readonly SettlementLeaf[], condemned: readonly `0x${string}`[] = []) =>
    readSettledTasks(
      { fromBlock: 0, toBlock: 9 },
      {
        chain: { readSettlements: async () => settlements, readCondemned: async () => new Set(condemned) },
        signal: new AbortController().signal,
        fetchSet: async ({ setCid }) => (setCid === keyOf("no set") ? Uint8Array.of(1) : sets.get(setCid)),
      },
    );

  it("are each there once, as they came first", async () => {
    expect(await read([leaf(set), leaf(again)])).toEqual([leafOf(one), leafOf(two)]);
    expect(await read([])).toEqual([]);
  });

  it("aren't known while one set is missing, unless that was condemned", async () => {
    const missing = leaf(set, { setCid: keyOf("missing"), settlementId: keyOf("id") });
    expect(await read([leaf(set), missing])).toBeUndefined();
    expect(await read([leaf(set), missing], [keyOf("id")])).toEqual([leafOf(one)]);
  });

  it("are none of a set that is no set, or has another root than was posted", async () => {
    expect(await read([leaf(set, { setCid: keyOf("no set") })])).toEqual([]);
    expect(await read([leaf(set, { settlementRoot: keyOf("another root") })])).toEqual([]);
  });
});

describe("the quorum that is posted", () => {
  const members = guards.map((guard, index) => ({ guard, stakeWei: BigInt(index + 1) }));
  const set = guardSet(7, members);
  const seen = guards.map((guard) => ({
    guard,
    signature: `0x${"12".repeat(64)}` as const,
    attestation: { subjectChainId: 1, kind: "results", epoch: 7, root: keyOf("root") } as const,
  }));
  const choose = (changed: Partial<Parameters<typeof chooseQuorum>[0]> = {}) =>
    chooseQuorum({ set, frozen: new Set(), own: { root: keyOf("root") }, seen, ...changed })?.map(({ guard }) => guard);

  it("is the fewest signatures that are one", () => {
    expect(choose()).toEqual([guards[3], guards[2]]);
  });

  it("counts neither a frozen guard nor another root, and is none when too few are left", () => {
    expect(choose({ frozen: new Set(guards.slice(3)) })).toBeUndefined();
    expect(choose({ frozen: new Set(guards.slice(2, 3)) })).toEqual([guards[3], guards[1], guards[0]]);
    expect(choose({ own: { root: keyOf("another root") } })).toBeUndefined();
  });
});

describe("asking others", () => {
  const at = { epoch: 1, kinds: ["results", "beacon"], led: [] } as const;

  it("is due once a slot until all have shown something, and once more towards the end", () => {
    const rounds = new PeerRounds();
    const ask = (slot: number, whole: readonly "results"[] = []) => {
      const kinds = rounds.due({ ...at, slot });
      rounds.asked({ slot, kinds, whole: new Set(whole) });
      return kinds;
    };
    expect([ask(0), ask(0), ask(1, ["results"]), ask(2), ask(11)]).toEqual([
      at.kinds,
      [],
      at.kinds,
      ["beacon"],
      ["beacon"],
    ]);
    expect([ask(12), ask(12), ask(13)]).toEqual([at.kinds, [], ["beacon"]]);
  });

  it("is always due for what this guard leads, and anew in another epoch", () => {
    const rounds = new PeerRounds();
    rounds.asked({ slot: 0, kinds: at.kinds, whole: new Set(at.kinds) });
    expect(rounds.due({ ...at, slot: 0 })).toEqual(at.kinds);
    rounds.asked({ slot: 0, kinds: at.kinds, whole: new Set(at.kinds) });
    expect(rounds.due({ ...at, slot: 0, led: ["beacon"] })).toEqual(["beacon"]);
    expect(rounds.due({ ...at, slot: 0, epoch: 2 })).toEqual(at.kinds);
  });
});

describe("what the chain says", () => {
  it("is asked once of what doesn't change any more, and again of the rest", async () => {
    const chain = new MemoryChain();
    const port = chain.portOf(lane);
    const asked: string[] = [];
    const counted = {
      ...port,
      readGuardSet: (epoch: number) => {
        asked.push(`set ${epoch}`);
        return port.readGuardSet(epoch);
      },
      readIsFixed: async (epoch: number) => {
        asked.push(`fixed ${epoch}`);
        return epoch === 0;
      },
    };
    const remembering = rememberSettled(counted, () => chain.time);
    for (const epoch of [0, 1, 0, 1]) await remembering.readIsFixed(epoch);
    expect(asked.splice(0)).toEqual(["fixed 0", "fixed 1", "fixed 1"]);
    for (let look = 0; look < 2; look += 1) await remembering.readGuardSet(0);
    chain.mine(cutOffOf(TIMES, 0));
    for (let look = 0; look < 2; look += 1) await remembering.readGuardSet(0);
    expect(asked).toEqual(["set 0", "set 0", "set 0"]);
  });
});

describe("waiting for what may take long", () => {
  it("ends with it, or when the time is over, and leaves it going", async () => {
    const clock = createManualClock();
    const bounds = { clock, waitMs: 1_000 };
    expect(await waitAwhile(Promise.resolve(7), bounds)).toBe(7);
    let finish: (value: number) => void = () => undefined;
    const slow = new Promise<number>((resolve) => {
      finish = resolve;
    });
    const first = waitAwhile(slow, bounds);
    await clock.advance(1_000);
    expect(await first).toBeUndefined();
    finish(8);
    expect(await waitAwhile(slow, bounds)).toBe(8);
    await expect(waitAwhile(Promise.reject(new Error("refused")), bounds)).rejects.toThrow("refused");
    expect(clock.sleepers()).toBe(0);
  });
});

describe("what may be done once", () => {
  const refused = () => Promise.reject(new Error("refused"));

  it("counts as done when another did it first, and fails when nobody did", async () => {
    const isDone = async () => true;
    expect(await settleRace(async () => undefined, isDone)).toBe("done");
    expect(await settleRace(refused, isDone)).toBe("superseded");
    await expect(settleRace(refused, async () => false)).rejects.toThrow("refused");
  });
});
