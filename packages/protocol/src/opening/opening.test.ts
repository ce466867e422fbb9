import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { registryDomain } from "../eip712Domain.js";
import { createSealKeyPair, portableAead } from "../sealing/index.js";
import { signDigest } from "../secp256k1.js";
import { bytesOf, keyOf, minerOf } from "../test/aSealing.js";
import { anAddress, aWord } from "../test/aTask.js";
import { combineShares, openingThreshold, openShare, type SharedKey, shareDataKey } from "./dataKeyShares.js";
import { type OpeningFacts, openingAskFault, openingFault, signOpeningAsk } from "./openingAsk.js";
import { logFault, logRelease, openedTasks, type SignedShareRelease } from "./openingLog.js";

const TASK = aWord("task");
const KEY = bytesOf("data key");
const SET = aWord("guard set");
const DOMAIN = registryDomain({ chainId: 31_337, registry: anAddress("registry") });
const names = (count: number) => Array.from({ length: count }, (_, at) => `guard ${at}`);

async function aShared(count: number): Promise<SharedKey> {
  const sharers = await Promise.all(
    names(count).map(async (name) => ({
      guard: minerOf(name),
      bundleHash: aWord(name),
      publicKey: (await createSealKeyPair("x25519", bytesOf(name))).publicKey,
    })),
  );
  return shareDataKey({ taskId: TASK, dataKey: KEY, suite: "x25519", setHash: SET, sharers, aead: portableAead });
}

async function released(shared: SharedKey, of: readonly string[]) {
  return Promise.all(
    of.map(async (name) => {
      const { privateKey } = await createSealKeyPair("x25519", bytesOf(name));
      const share = await openShare(shared, { guard: minerOf(name), privateKey, aead: portableAead });
      if (share === undefined) throw new Error("a guard opens its share");
      return { guard: minerOf(name), share };
    }),
  );
}

describe("a data key shared out among guards", () => {
  it("takes more than two thirds of them to open, however many they are", () => {
    expect([2, 3, 4, 5, 6, 7, 9, 21].map(openingThreshold)).toEqual([2, 3, 3, 4, 5, 5, 7, 15]);
    for (let guards = 1; guards <= 255; guards += 1) {
      const threshold = openingThreshold(guards);
      expect(threshold * 3 > guards * 2 && (threshold - 1) * 3 <= guards * 2).toBe(true);
    }
  });

  it("is opened by any so many of them, and by no fewer", async () => {
    for (const count of [2, 3, 5, 7]) {
      const shared = await aShared(count);
      const all = await released(shared, names(count));
      const threshold = openingThreshold(count);
      await fc.assert(
        fc.asyncProperty(fc.shuffledSubarray(all), async (some) => {
          const opened = await combineShares(shared, some);
          if (some.length >= threshold) expect(opened).toEqual({ kind: "opened", dataKey: KEY });
          else expect(opened).toEqual({ kind: "tooFew", good: some.length, threshold, wrong: [] });
        }),
        { numRuns: 25 },
      );
    }
  });

  it("gives a guard its own share and no other's, and none where anything of its terms was changed", async () => {
    const shared = await aShared(4);
    const { privateKey } = await createSealKeyPair("x25519", bytesOf("guard 0"));
    const open = (change: Partial<SharedKey>, guard = minerOf("guard 0")) =>
      openShare({ ...shared, ...change }, { guard, privateKey, aead: portableAead });
    expect(await open({})).toHaveLength(33);
    expect(await open({}, minerOf("guard 1"))).toBeUndefined();
    expect(await open({}, minerOf("nobody"))).toBeUndefined();
    for (const change of [
      { taskId: aWord("x") },
      { setHash: aWord("x") },
      { threshold: 2 },
      { keyHash: aWord("x") },
      { suite: "xwing" } as const,
    ])
      expect(await open(change)).toBeUndefined();
  });

  it("names who released another share, and opens without him; a key shared out falsely is found", async () => {
    const shared = await aShared(4);
    const all = await released(shared, names(4));
    const lies = all.map((one, at) => (at === 0 ? { ...one, share: one.share.with(0, (one.share[0] ?? 0) ^ 1) } : one));
    expect(await combineShares(shared, lies)).toEqual({ kind: "opened", dataKey: KEY });
    expect(await combineShares(shared, lies.slice(0, 3))).toMatchObject({
      kind: "tooFew",
      good: 2,
      wrong: [minerOf("guard 0")],
    });
    expect(await combineShares({ ...shared, keyHash: aWord("another") }, all)).toEqual({ kind: "otherKey" });
    expect(await combineShares({ ...shared, threshold: 2 }, all)).toMatchObject({ kind: "tooFew" });
    const [first] = all;
    if (first === undefined) throw new Error("there are shares");
    expect(await combineShares(shared, [first, first, first])).toMatchObject({ kind: "tooFew", good: 1 });
  });

  it("isn't shared out to one guard alone, to one twice, or with another length", async () => {
    const { publicKey } = await createSealKeyPair("x25519", bytesOf("guard 0"));
    const sharer = { guard: minerOf("guard 0"), bundleHash: aWord("bundle"), publicKey };
    const share = (sharers: readonly (typeof sharer)[], dataKey = KEY) =>
      shareDataKey({ taskId: TASK, dataKey, suite: "x25519", setHash: SET, sharers, aead: portableAead });
    await expect(share([sharer])).rejects.toThrow("PROTOCOL_BAD_RECORD");
    await expect(share([sharer, sharer])).rejects.toThrow("PROTOCOL_BAD_RECORD");
    await expect(share([sharer, { ...sharer, guard: minerOf("guard 1") }], KEY.slice(1))).rejects.toThrow(
      "PROTOCOL_BAD_RECORD",
    );
  });
});

describe("a guard that is asked for its share", () => {
  const validator = minerOf("validator");
  const ask = { taskId: TASK, validator, epoch: 5, dispute: 0, at: 1_000, replyKey: aWord("reply") };
  const times = { domain: DOMAIN, nowSeconds: 1_100, epochNow: 6 };
  const facts: OpeningFacts = {
    setHash: SET,
    drawnFor: (taskId, epoch) => (taskId === TASK && epoch === 5 ? [validator] : []),
    seatsOf: (taskId, dispute) => (taskId === TASK && dispute === 3 ? [minerOf("judge")] : undefined),
  };
  const fault = (change: Partial<typeof ask> = {}, other: Partial<OpeningFacts> = {}, key = keyOf("validator")) => {
    const signed = signOpeningAsk(DOMAIN, { ...ask, ...change }, key);
    const shared = { taskId: TASK, setHash: SET };
    return openingAskFault(signed, shared, times) ?? openingFault(signed.ask, shared, { ...facts, ...other });
  };

  it("releases it to whom the epoch drew for that task, and to who sits in its dispute, and to nobody else", () => {
    expect(fault()).toBeUndefined();
    expect(fault({ taskId: aWord("another") })).toBe("otherTask");
    expect(fault({}, {}, keyOf("mallory"))).toBe("wrongSigner");
    expect(fault({ at: 700 })).toBe("notNow");
    expect(fault({ at: 1_500 })).toBe("notNow");
    expect(fault({}, { setHash: aWord("another") })).toBe("otherSet");
    expect(fault({ epoch: 4 })).toBe("notSampled");
    expect(fault({ validator: minerOf("mallory") }, {}, keyOf("mallory"))).toBe("notDrawn");
    const [judge, seat] = [{ validator: minerOf("judge"), dispute: 3 }, keyOf("judge")];
    expect(fault(judge, {}, seat)).toBeUndefined();
    expect(fault({ ...judge, dispute: 4 }, {}, seat)).toBe("notDisputed");
    expect(fault({ ...judge, dispute: 0 }, {}, seat)).toBe("notDrawn");
    expect(fault({ dispute: 3 })).toBe("notSeated");
    expect(openingAskFault({ ask, signature: "0x" }, { taskId: TASK }, times)).toBe("wrongSigner");
  });

  it("looks up no epoch that nothing is opened of: one that isn't over, or, without a dispute, an older one than two", () => {
    const at = (epoch: number, dispute: number) =>
      openingAskFault(signOpeningAsk(DOMAIN, { ...ask, epoch, dispute }, keyOf("validator")), { taskId: TASK }, times);
    expect([3, 4, 5, 6].map((epoch) => at(epoch, 0))).toEqual(["notSampled", undefined, undefined, "notSampled"]);
    expect([3, 5, 6].map((epoch) => at(epoch, 3))).toEqual([undefined, undefined, "notDisputed"]);
  });
});

describe("a guard's log of what it released", () => {
  const guard = minerOf("guard 0");
  const logOf = (name: string, releases: readonly { taskId?: `0x${string}`; at: number }[]) => {
    const log: SignedShareRelease[] = [];
    for (const { taskId = TASK, at } of releases) {
      const of = { taskId, validator: minerOf("validator"), epoch: 5, dispute: 0, at };
      log.push(logRelease(DOMAIN, log.at(-1), { of, sign: (digest) => signDigest(digest, keyOf(name)) }));
    }
    return log;
  };

  it("shows one that was left out, moved, altered, or signed by another", () => {
    const log = logOf("guard 0", [{ at: 1 }, { taskId: aWord("b"), at: 2 }, { at: 3 }]);
    expect(logFault(DOMAIN, guard, log)).toBeUndefined();
    expect(logFault(DOMAIN, guard, log.slice(0, 2))).toBeUndefined();
    expect(logFault(DOMAIN, guard, log.slice(1))).toEqual({ kind: "gap", number: 0 });
    expect(logFault(DOMAIN, guard, log.toSpliced(1, 1))).toEqual({ kind: "gap", number: 1 });
    const altered = log.map((one, at) => (at === 1 ? { ...one, release: { ...one.release, at: 3 } } : one));
    expect(logFault(DOMAIN, guard, altered)).toEqual({ kind: "wrongSigner", number: 1 });
    expect(logFault(DOMAIN, minerOf("guard 1"), log)).toEqual({ kind: "wrongSigner", number: 0 });
    expect(logFault(DOMAIN, guard, logOf("guard 0", [{ at: 2 }, { at: 1 }]))).toEqual({ kind: "backwards", number: 1 });
  });

  it("tells an owner, with the others' logs, whose tasks were opened, by whom and when", () => {
    const logs = new Map(
      names(4).map((name, at) => [
        minerOf(name),
        logOf(name, at < 3 ? [{ at: 10 + at }] : [{ taskId: aWord("b"), at: 1 }]),
      ]),
    );
    expect(openedTasks(logs, () => 3)).toEqual([
      { taskId: TASK, validator: minerOf("validator"), dispute: 0, at: 12, guards: 3 },
    ]);
    expect(openedTasks(logs, () => 4)).toEqual([]);
    expect(openedTasks(logs, () => undefined)).toEqual([]);
  });
});
