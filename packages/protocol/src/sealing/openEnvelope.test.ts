import { beforeAll, describe, expect, it } from "vitest";
import { decodePrompt, encodePrompt } from "../commit.js";
import type { Bytes32 } from "../primitives.js";
import { hashTask } from "../structHash.js";
import {
  aSealedEnvelope,
  aSealedRequest,
  aSealedTask,
  aSealingMiner,
  prekeysOf,
  SESSION,
  type SealedTask,
  type SealingMiner,
} from "../test/aSealing.js";
import { aWord } from "../test/aTask.js";
import { portableAead } from "./aead.js";
import { decodeEnvelope, type Envelope, encodeEnvelope } from "./envelope.js";
import { openEnvelope } from "./openEnvelope.js";
import { prekeyBundleHash } from "./prekeyBundle.js";
import { createSealContext, openSealContext } from "./sealContext.js";
import type { SealedFrame } from "./sealedFrame.js";
import { sealTask } from "./sealTask.js";

let alice: SealingMiner;
let mallory: SealingMiner;
let sealed: SealedTask;

beforeAll(async () => {
  alice = await aSealingMiner("alice");
  mallory = await aSealingMiner("mallory");
  sealed = await aSealedEnvelope([alice]);
});

const openAs = (who: SealingMiner, envelope: Envelope, changes: Partial<Parameters<typeof openEnvelope>[1]> = {}) =>
  openEnvelope(envelope, {
    miner: who.miner,
    task: sealed.task,
    findPrekeys: prekeysOf(who),
    aead: portableAead,
    ...changes,
  });
const refusal = (name: string) => ({ kind: "refused", refusal: name });

/** The envelope with one reader's entry, or its frames, changed. */
const withReader = (change: Partial<Envelope["readers"][number]>): Envelope => ({
  ...sealed.envelope,
  readers: sealed.envelope.readers.map((reader) => ({ ...reader, ...change })),
});
const flipped = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));

describe("an envelope", () => {
  it("is opened by the miner that it is for, through its bytes, and gives what was sealed", async () => {
    const opened = await openAs(alice, decodeEnvelope(encodeEnvelope(sealed.envelope)));
    expect(opened).toMatchObject({ kind: "opened", request: sealed.request, dataKey: sealed.dataKey });
  });

  it("is opened by each of several readers, and says how many there are", async () => {
    const shared = await aSealedEnvelope([alice, mallory]);
    expect(shared.envelope.readers).toHaveLength(2);
    for (const reader of [alice, mallory]) {
      expect(await openAs(reader, shared.envelope)).toMatchObject({ kind: "opened", request: shared.request });
    }
  });

  it("is opened under X-Wing as under X25519", async () => {
    const strong = await aSealingMiner("alice", ["x25519", "xwing"]);
    const { envelope, task, request } = await aSealedEnvelope([strong], { suite: "xwing" });
    const read = decodeEnvelope(encodeEnvelope(envelope));
    expect(await openAs(strong, read, { task })).toMatchObject({ kind: "opened", request });
  });

  it("holds a prompt of the largest size, in frames of which all are full ones", async () => {
    const request = aSealedRequest("x".repeat(1_048_576));
    const { envelope, task } = await aSealedEnvelope([alice], { request });
    expect(new Set(envelope.frames.map(({ sealed: text }) => text.length))).toEqual(new Set([65_536 + 16]));
    expect(await openAs(alice, envelope, { task })).toMatchObject({ kind: "opened", request });
  });

  it("is opened by a context that is known, whose public-key work isn't done again", async () => {
    const [context] = sealed.contexts;
    const noKey = { findPrekeys: () => [{ suite: "x25519", privateKey: new Uint8Array(32).fill(9) }] as const };
    expect(await openAs(alice, sealed.envelope, noKey)).toEqual(refusal("wrongKey"));
    expect(await openAs(alice, sealed.envelope, { ...noKey, known: context })).toMatchObject({ kind: "opened" });
    const other = await createSealContext({ bundle: alice.bundle, suite: "x25519", session: aWord("another session") });
    expect(await openAs(alice, sealed.envelope, { known: other })).toMatchObject({ kind: "opened" });
  });

  it("refuses a miner that it isn't for", async () => {
    expect(await openAs(mallory, sealed.envelope)).toEqual(refusal("notAReader"));
  });

  it("refuses a recipient who puts itself in another's place", async () => {
    const moved = withReader({ miner: mallory.miner });
    expect(await openAs(mallory, moved)).toEqual(refusal("unknownPrekey"));
    const claimed = withReader({ miner: mallory.miner, bundleHash: prekeyBundleHash(mallory.bundle) });
    expect(await openAs(mallory, claimed)).toEqual(refusal("wrongKey"));
  });

  it("refuses a prekey that was swapped for another's", async () => {
    const theirs = { ...alice.bundle, keys: mallory.bundle.keys };
    const swapped = await createSealContext({ bundle: theirs, suite: "x25519", session: SESSION });
    const { taskId, request, dataKey } = sealed;
    const envelope = sealTask({ taskId, request, dataKey, contexts: [swapped], nonce: aWord("n"), aead: portableAead });
    expect(await openAs(alice, envelope)).toEqual(refusal("unknownPrekey"));
    const renamed = {
      ...envelope,
      readers: envelope.readers.map((one) => ({ ...one, bundleHash: prekeyBundleHash(alice.bundle) })),
    };
    expect(await openAs(alice, renamed)).toEqual(refusal("wrongKey"));
    expect(await openAs(alice, envelope, { findPrekeys: () => mallory.held })).toMatchObject({ kind: "opened" });
  });

  it("refuses a prekey that was destroyed", async () => {
    expect(await openAs(alice, sealed.envelope, { findPrekeys: () => [] })).toEqual(refusal("unknownPrekey"));
  });

  it("refuses a suite of which its miner has no prekey, and one put in another's place", async () => {
    const strong = await aSealingMiner("alice", ["xwing"]);
    const { envelope, task } = await aSealedEnvelope([strong], { suite: "xwing" });
    expect(await openAs(strong, envelope, { task, findPrekeys: () => alice.held })).toEqual(refusal("otherSuite"));
    const [reader] = envelope.readers;
    if (reader === undefined) throw new Error("an envelope has a reader");
    const weakened: Envelope = { ...envelope, suite: "x25519", readers: [{ ...reader, enc: reader.enc.slice(0, 32) }] };
    const held = [...strong.held, ...alice.held];
    expect(await openAs(strong, weakened, { task, findPrekeys: () => held })).toEqual(refusal("wrongKey"));
  });

  it("refuses a task that was signed for another suite", async () => {
    const strong = await aSealingMiner("alice", ["x25519", "xwing"]);
    const task = aSealedTask(sealed.request, "xwing");
    const taskId = hashTask(task);
    const context = await createSealContext({ bundle: strong.bundle, suite: "x25519", session: SESSION });
    const { request, dataKey } = sealed;
    const weak = sealTask({ taskId, request, dataKey, contexts: [context], nonce: aWord("n"), aead: portableAead });
    expect(await openAs(strong, weak, { task })).toEqual(refusal("otherPrompt"));
  });

  it("refuses another prompt, and other parameters, than the task's signer signed", async () => {
    const { task, contexts, dataKey, request } = sealed;
    const other = { ...task, ...{ promptCommit: aWord("another prompt") } };
    const params = { ...task, ...{ paramsHash: aWord("other parameters") } };
    for (const [signed, name] of [
      [other, "otherPrompt"],
      [params, "otherParams"],
    ] as const) {
      const taskId = hashTask(signed);
      const envelope = sealTask({ taskId, request, dataKey, contexts, nonce: aWord("n"), aead: portableAead });
      expect(await openAs(alice, envelope, { task: signed })).toEqual(refusal(name));
    }
  });

  it("refuses a task that was signed as an open one", async () => {
    const { contexts, dataKey, request } = sealed;
    const task = { ...sealed.task, privacy: "open" } as const;
    const taskId = hashTask(task);
    const envelope = sealTask({ taskId, request, dataKey, contexts, nonce: aWord("n"), aead: portableAead });
    expect(await openAs(alice, envelope, { task })).toEqual(refusal("otherPrivacy"));
  });

  it("refuses an envelope of another task", async () => {
    const { task } = await aSealedEnvelope([alice], { seq: 4 });
    expect(await openAs(alice, sealed.envelope, { task })).toEqual(refusal("otherTask"));
    const moved = { ...sealed.envelope, taskId: hashTask(task) };
    expect(await openAs(alice, moved, { task })).toEqual(refusal("wrongKey"));
  });

  it("refuses a reader who was left out or slipped in", async () => {
    const shared = await aSealedEnvelope([alice, mallory]);
    const own = shared.envelope.readers.filter(({ miner }) => miner === alice.miner);
    expect(await openAs(alice, { ...shared.envelope, readers: own })).toEqual(refusal("wrongKey"));
    const more = [...sealed.envelope.readers, ...shared.envelope.readers.filter(({ miner }) => miner !== alice.miner)];
    expect(await openAs(alice, { ...sealed.envelope, readers: more })).toEqual(refusal("wrongKey"));
  });

  it("refuses each of its parts with one bit turned", async () => {
    const { envelope } = sealed;
    const [reader, frame] = [envelope.readers[0], envelope.frames[0]];
    if (reader === undefined || frame === undefined) throw new Error("an envelope has a reader and a frame");
    const turned = (word: Bytes32): Bytes32 => `0x${word.slice(2, -1)}${word.endsWith("0") ? "1" : "0"}`;
    const cases: [Envelope, string][] = [
      [withReader({ enc: flipped(reader.enc, 3) }), "wrongKey"],
      [withReader({ wrappedKey: flipped(reader.wrappedKey, 0) }), "wrongKey"],
      [{ ...envelope, nonce: turned(envelope.nonce) }, "wrongKey"],
      [{ ...envelope, session: turned(envelope.session) }, "wrongKey"],
      [{ ...envelope, frames: [{ ...frame, sealed: flipped(frame.sealed, 9) }] }, "tampered"],
      [{ ...envelope, frames: [{ ...frame, isFinal: false }] }, "tampered"],
    ];
    for (const [changed, name] of cases) expect(await openAs(alice, changed)).toEqual(refusal(name));
  });

  it("refuses frames that are left out, doubled, turned round, or another envelope's", async () => {
    const request = aSealedRequest("y".repeat(150_000));
    const long = await aSealedEnvelope([alice], { request });
    const other = await aSealedEnvelope([alice], { request: { ...request, secret: aWord("another secret") } });
    const open = (frames: readonly SealedFrame[]) => openAs(alice, { ...long.envelope, frames }, { task: long.task });
    const [first, second, third, fourth] = long.envelope.frames;
    const foreign = other.envelope.frames[1];
    if (!first || !second || !third || !fourth || !foreign) throw new Error("four frames of 64 KiB");
    expect(await open([first, second, third])).toEqual(refusal("truncated"));
    expect(await open([first, first, second, third, fourth])).toEqual(refusal("repeated"));
    expect(await open([first, third, second, fourth])).toEqual(refusal("outOfOrder"));
    expect(await open([first, second, third, fourth, fourth])).toEqual(refusal("repeated"));
    expect(await open([first, foreign, third, fourth])).toEqual(refusal("otherTask"));
    expect(await open([first, { ...foreign, taskId: long.taskId }, third, fourth])).toEqual(refusal("tampered"));
  });

  it("refuses an encapsulated point with which no secret can be shared", async () => {
    const id = {
      suite: "x25519",
      session: SESSION,
      miner: alice.miner,
      bundleHash: prekeyBundleHash(alice.bundle),
    } as const;
    const [held] = alice.held;
    if (held === undefined) throw new Error("alice has a prekey");
    for (const enc of [new Uint8Array(32), new Uint8Array(32).fill(1, 0, 1), new Uint8Array(31)]) {
      expect(await openSealContext(id, { enc, privateKey: held.privateKey })).toBeUndefined();
    }
    const keys = [{ suite: "x25519", publicKey: new Uint8Array(32) }] as const;
    const zero = createSealContext({ bundle: { ...alice.bundle, keys }, suite: "x25519", session: SESSION });
    await expect(zero).rejects.toThrow("PROTOCOL_BAD_KEY");
  });

  it("shows the same size for all prompts of one bucket", async () => {
    const sizes = await Promise.all(
      ["a", "b".repeat(50)].map(async (text) => {
        const { envelope } = await aSealedEnvelope([alice], { request: aSealedRequest(text) });
        return encodeEnvelope(envelope).length;
      }),
    );
    expect(new Set(sizes).size).toBe(1);
    expect(decodePrompt(encodePrompt(sealed.request.prompt))).toEqual(sealed.request.prompt);
  });
});
