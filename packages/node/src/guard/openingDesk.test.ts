import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  addressOfPrivateKey,
  bytesToHex,
  createSealKeyPair,
  guardSet,
  guardSetHash,
  type HeldPrekey,
  hashOpeningAsk,
  keccak256,
  logFault,
  openReleasedShare,
  portableAead,
  registryDomain,
  setEntryId,
  shareDataKey,
  signOpeningAsk,
  utf8ToBytes,
} from "@cortensor/protocol";
import { createMetrics, Secret } from "@cortensor/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createNodeSigner, createSignatureCounter, openRecordStore, type RecordStore } from "../host/index.js";
import { createOpeningDesk, type OpenedDispute, type OpeningDeskParts } from "./openingDesk.js";
import { openOpeningLogBook } from "./openingLogBook.js";

const word = (name: string) => keccak256(utf8ToBytes(name));
const addressOf = (name: string) => addressOfPrivateKey(word(name));
const [GUARD, OTHER, VALIDATOR] = [addressOf("guard"), addressOf("other"), addressOf("validator")];
const [TASK, EPOCH, NOW] = [word("task"), 5, 1_000];
const AWAY = word("opened while it was away");
const CHAIN_ID = 31_337;
const DOMAIN = registryDomain({ chainId: CHAIN_ID, registry: addressOf("registry") });
const SET = [GUARD, OTHER].map((guard) => ({ guard, stakeWei: 1n }));
/** One that is as it should be; ended; of another task; not the drawn validator's; as the first, of a task that this guard didn't release. */
const DISPUTES = new Map(
  [{}, { phase: "ended" as const }, { taskId: word("x") }, { opener: OTHER }, { taskId: setEntryId(AWAY) }].map(
    (change, at) => [at + 1, aDispute(change)],
  ),
);

function aDispute(change: Partial<OpenedDispute>): OpenedDispute {
  const seats = { validators: [addressOf("judge")], jurors: [], secondJurors: [] };
  return { taskId: setEntryId(TASK), opener: VALIDATOR, phase: "seated", ...seats, ...change };
}

describe("a guard that is asked for its share of a sealed task's key", () => {
  const folder = mkdtempSync(join(tmpdir(), "cortensor-openings-"));
  let store: RecordStore;
  let prekey: HeldPrekey & { readonly publicKey: Uint8Array };
  let reply: Awaited<ReturnType<typeof createSealKeyPair>>;
  beforeAll(async () => {
    store = openRecordStore(folder);
    prekey = { suite: "x25519", ...(await createSealKeyPair("x25519")) };
    reply = await createSealKeyPair("x25519");
  });
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const logBook = () => {
    const signer = createNodeSigner(new Secret(word("guard")), createSignatureCounter(createMetrics()));
    return openOpeningLogBook({ store, domain: DOMAIN, signer, chainId: CHAIN_ID });
  };
  const desk = (other: Partial<OpeningDeskParts> = {}) =>
    createOpeningDesk({
      ...{ self: GUARD, domain: DOMAIN, log: logBook(), nowSeconds: () => NOW, epoch: () => EPOCH + 1 },
      prekeys: { bundles: () => [], findPrekeys: (hash) => (hash === word("bundle") ? [prekey] : []) },
      readGuardSet: async (epoch) => guardSet(epoch, SET),
      drawnFor: async (epoch) =>
        new Map(epoch === EPOCH ? [TASK, AWAY].map((task) => [setEntryId(task), VALIDATOR]) : []),
      readDispute: async (number) => DISPUTES.get(number),
      ...other,
    });
  const shared = async (taskId = TASK, bundle = "bundle") =>
    shareDataKey({
      ...{ taskId, dataKey: utf8ToBytes("k".repeat(32)), aead: portableAead },
      suite: "x25519",
      setHash: guardSetHash(guardSet(EPOCH - 1, SET)),
      sharers: [
        { guard: GUARD, bundleHash: word(bundle), publicKey: prekey.publicKey },
        { guard: OTHER, bundleHash: word("its"), publicKey: (await createSealKeyPair("x25519")).publicKey },
      ],
    });
  const ask = (
    change: { taskId?: `0x${string}`; epoch?: number; at?: number; dispute?: number } = {},
    by = "validator",
  ) => {
    const replyKey = bytesToHex(reply.publicKey);
    const of = { taskId: TASK, validator: addressOf(by), epoch: EPOCH, dispute: 0, at: NOW, replyKey, ...change };
    return signOpeningAsk(DOMAIN, of, word(by));
  };

  it("releases it to whom the beacon drew, sealed to that ask, once it stands in its log, and logs one that asks again once", async () => {
    const key = await shared();
    const signed = ask();
    const first = await desk().release(signed, key);
    if (first.kind !== "released") throw new Error(first.fault);
    const share = await openReleasedShare(first.sent, {
      ask: signed.ask,
      replyKey: reply.privateKey,
      aead: portableAead,
    });
    expect(share).toHaveLength(33);
    const otherAsk = { ...signed.ask, at: NOW + 1 };
    expect(hashOpeningAsk(otherAsk)).not.toBe(hashOpeningAsk(signed.ask));
    const opening = { ask: otherAsk, replyKey: reply.privateKey, aead: portableAead };
    expect(await openReleasedShare(first.sent, opening)).toBeUndefined();
    expect((await desk().release(ask({ at: NOW + 1 }), key)).kind).toBe("released");
    const log = logBook().from(0, 10);
    expect(log.map(({ release }) => [release.number, release.taskId, release.validator])).toEqual([
      [0, TASK, VALIDATOR],
    ]);
    expect(logFault(DOMAIN, GUARD, log)).toBeUndefined();
  });

  it("keeps it from anybody else, and logs nothing", async () => {
    const key = await shared();
    const fault = async (...[signed, of = key]: [ReturnType<typeof ask>, typeof key?]) => {
      const outcome = await desk().release(signed, of);
      return outcome.kind === "refused" ? outcome.fault : outcome.kind;
    };
    expect(await fault(ask({}, "mallory"))).toBe("notDrawn");
    expect(await fault(ask({ epoch: 6 }))).toBe("notSampled");
    expect(await fault(ask({ at: NOW - 301 }))).toBe("notNow");
    expect(await fault(ask(), await shared(word("another")))).toBe("otherTask");
    expect(await fault(ask(), await shared(TASK, "destroyed"))).toBe("notMine");
    expect(await fault(ask(), { ...key, setHash: word("set") })).toBe("mayNotOpen");
    expect(await fault({ ...ask(), signature: ask({}, "mallory").signature })).toBe("wrongSigner");
    expect(logBook().from(0, 10)).toHaveLength(1);
  });

  it("reads nothing from the chain for an ask that can't be granted, and keeps no other waiting for it", async () => {
    const key = await shared();
    const read: string[] = [];
    let reached = (): void => undefined;
    const atChain = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const forever = (what: string) => {
      read.push(what);
      reached();
      return new Promise<never>(() => undefined);
    };
    const counted = desk({
      drawnFor: (epoch) => forever(`draw ${epoch}`),
      readGuardSet: (epoch) => forever(`set ${epoch}`),
      readDispute: (number) => forever(`dispute ${number}`),
    });
    const faultOf = async (signed: ReturnType<typeof ask>, of = key) => {
      const outcome = await counted.release(signed, of);
      return outcome.kind === "refused" ? outcome.fault : outcome.kind;
    };
    expect(await faultOf(ask(), { ...key, setHash: word("set") })).toBe("mayNotOpen");
    expect(await faultOf(ask({ dispute: 1 }), { ...key, setHash: word("set") })).toBe("mayNotOpen");
    expect(read).toEqual([]);
    // The one place that waits at the chain, for as long as it takes.
    void counted.release(ask(), key);
    await atChain;
    const forged = { ...ask(), signature: ask({}, "mallory").signature };
    for (let asked = 0; asked < 100; asked += 1) expect(await faultOf(forged)).toBe("wrongSigner");
    expect(await faultOf(ask({ at: NOW - 301 }))).toBe("notNow");
    for (const epoch of [EPOCH - 2, EPOCH + 1, EPOCH + 9]) expect(await faultOf(ask({ epoch }))).toBe("notSampled");
    expect(await faultOf(ask({ dispute: 1, epoch: EPOCH + 1 }, "judge"))).toBe("notDisputed");
    expect(read).toEqual([`draw ${EPOCH}`]);
  });

  it("looks up no draw for who has no seat in the dispute that he names", async () => {
    const drawn: number[] = [];
    const counted = desk({
      drawnFor: async (epoch) => {
        drawn.push(epoch);
        return new Map();
      },
    });
    const key = await shared(AWAY);
    const stranger = ask({ dispute: 5, taskId: AWAY, epoch: 1 }, "mallory");
    expect(await counted.release(stranger, key)).toMatchObject({ kind: "refused" });
    expect(drawn).toEqual([]);
    const judge = ask({ dispute: 5, taskId: AWAY, epoch: EPOCH - 1 }, "judge");
    expect(await counted.release(judge, key)).toMatchObject({ kind: "refused", fault: "notDisputed" });
    expect(drawn).toEqual([EPOCH - 1, EPOCH]);
  });

  it("releases it in a dispute that the drawn validator opened, to who sits there while it goes on, each once, and says in which", async () => {
    const [key, before] = [await shared(), logBook().from(0, 10).length];
    const faultOf = async (signed: ReturnType<typeof ask>, of = key) => {
      const outcome = await desk().release(signed, of);
      return outcome.kind === "refused" ? outcome.fault : outcome.kind;
    };
    // A judge names the epoch that the task was bound in: it was settled, and drawn, in one of the next.
    for (const at of [NOW, NOW + 1])
      expect(await faultOf(ask({ dispute: 1, epoch: EPOCH - 1, at }, "judge"))).toBe("released");
    expect(await faultOf(ask({ dispute: 1 }, "mallory"))).toBe("notSeated");
    expect(await faultOf(ask({ dispute: 0 }, "judge"))).toBe("notDrawn");
    for (const dispute of [2, 3, 4, 9])
      expect([dispute, await faultOf(ask({ dispute }, "judge"))]).toEqual([dispute, "notDisputed"]);
    // This guard was away when the task was opened: the draw says for whom that was.
    expect(await faultOf(ask({ dispute: 5, taskId: AWAY }, "judge"), await shared(AWAY))).toBe("released");
    const log = logBook().from(0, 10);
    expect(logFault(DOMAIN, GUARD, log)).toBeUndefined();
    expect(
      log.slice(before).map(({ release: { taskId, validator, dispute } }) => [taskId, validator, dispute]),
    ).toEqual([
      [TASK, addressOf("judge"), 1],
      [AWAY, addressOf("judge"), 5],
    ]);
  });

  it("goes on with its log where it ended, after a start anew", async () => {
    const book = logBook();
    await book.append({ taskId: word("b"), validator: VALIDATOR, epoch: EPOCH, dispute: 0, at: NOW + 2 });
    const log = logBook().from(0, 10);
    expect(log.map(({ release }) => release.number)).toEqual([0, 1, 2, 3]);
    expect(logFault(DOMAIN, GUARD, log)).toBeUndefined();
    expect(logBook().from(3, 10)).toHaveLength(1);
    expect(logBook().find({ taskId: word("b"), validator: VALIDATOR, dispute: 0 })).toBeDefined();
  });
});
