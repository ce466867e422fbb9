import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { concatBytes } from "../bytes.js";
import {
  aSealedEnvelope,
  aSealingMiner,
  prekeysOf,
  SESSION,
  type SealedTask,
  type SealingMiner,
} from "../test/aSealing.js";
import { aWord } from "../test/aTask.js";
import { portableAead } from "./aead.js";
import { type AnswerPart, AnswerReader, encodeAnswerPart, PART_TOKENS_MAX } from "./answerParts.js";
import { fillFrame } from "./framePace.js";
import { type OpenedEnvelope, openEnvelope } from "./openEnvelope.js";
import { createSealContext, type SealContext } from "./sealContext.js";
import { decodeAnswerOpening, encodeAnswerOpening, openAnswer, openForHandOver, sealAnswer } from "./sealedAnswer.js";
import type { SealedFrame } from "./sealedFrame.js";
import type { StreamOpener, StreamSealer } from "./sealedStream.js";

const PARTS: readonly AnswerPart[] = [
  { kind: "tokens", from: 0, ids: [3, 1, 4], text: "Yes, " },
  { kind: "tokens", from: 3, ids: [15], text: "" },
  { kind: "tokens", from: 4, ids: [], text: "ü" },
  { kind: "end", finish: "stop", nIn: 12, nOut: 4 },
];

let alice: SealingMiner;
let bob: SealingMiner;
let sealed: SealedTask;
let clientContext: SealContext;

beforeAll(async () => {
  [alice, bob] = [await aSealingMiner("alice"), await aSealingMiner("bob")];
  sealed = await aSealedEnvelope([alice, bob]);
  const found = sealed.contexts.find(({ miner }) => miner === alice.miner);
  if (found === undefined) throw new Error("the client has a context with alice");
  clientContext = found;
});

async function opened(who: SealingMiner, of: SealedTask = sealed): Promise<OpenedEnvelope> {
  const found = await openEnvelope(of.envelope, {
    miner: who.miner,
    task: of.task,
    findPrekeys: prekeysOf(who),
    aead: portableAead,
  });
  if (found.kind === "refused") throw new Error(found.refusal);
  return found;
}

/** Sends an answer as a miner does, a frame a step. */
function send(sealer: StreamSealer, parts: readonly AnswerPart[]): readonly SealedFrame[] {
  let waiting = concatBytes(...parts.map(encodeAnswerPart));
  const frames: SealedFrame[] = [];
  for (let isFinal = false; !isFinal; ) {
    const fill = fillFrame({ bytes: waiting.length, hasEnded: true });
    frames.push(sealer.seal({ ...fill, data: waiting.subarray(0, fill.dataBytes) }));
    waiting = waiting.slice(fill.dataBytes);
    isFinal = fill.isFinal;
  }
  return frames;
}

function read(opener: StreamOpener, frames: readonly SealedFrame[]): readonly AnswerPart[] | string {
  const reader = new AnswerReader();
  const parts: AnswerPart[] = [];
  for (const frame of frames) {
    const found = opener.open(frame);
    if (found.kind === "refused") return found.refusal;
    parts.push(...reader.push(found.data));
  }
  const end = opener.end();
  if (end !== undefined) return end.refusal;
  reader.end();
  return parts;
}

async function anAnswer(nonce = aWord("answer nonce")) {
  const { context, dataKey } = await opened(alice);
  return sealAnswer(context, { taskId: sealed.taskId, dataKey, nonce, aead: portableAead });
}

const clientParts = () => ({ taskId: sealed.taskId, dataKey: sealed.dataKey, aead: portableAead });

describe("a sealed answer", () => {
  it("is read by the client that sealed the request", async () => {
    const { opening, sealer } = await anAnswer();
    const frames = send(sealer, PARTS);
    const found = openAnswer(decodeAnswerOpening(encodeAnswerOpening(opening)), {
      ...clientParts(),
      context: clientContext,
    });
    if (found.kind === "refused") throw new Error(found.refusal);
    expect(read(found.opener, frames)).toEqual(PARTS);
  });

  it("is read by a standby that the client sealed to, so that it can go on", async () => {
    const { opening, sealer } = await anAnswer();
    const { dataKey } = await opened(bob);
    const opener = openForHandOver(opening, { taskId: sealed.taskId, dataKey, aead: portableAead });
    expect(read(opener, send(sealer, PARTS))).toEqual(PARTS);
  });

  it("isn't read by a miner that the client didn't seal to", async () => {
    const { opening, sealer } = await anAnswer();
    const other = await aSealedEnvelope([await aSealingMiner("mallory")], { seq: 9 });
    const opener = openForHandOver(opening, { taskId: sealed.taskId, dataKey: other.dataKey, aead: portableAead });
    expect(read(opener, send(sealer, PARTS))).toBe("tampered");
  });

  it("refuses one that a standby began in the miner's name", async () => {
    const { context, dataKey } = await opened(bob);
    const parts = { taskId: sealed.taskId, dataKey, nonce: aWord("n"), aead: portableAead };
    const { opening } = sealAnswer(context, parts);
    const forged = { ...opening, miner: alice.miner };
    for (const one of [opening, forged]) {
      expect(openAnswer(one, { ...clientParts(), context: clientContext })).toEqual({
        kind: "refused",
        refusal: "otherOrigin",
      });
    }
  });

  it("refuses an opening of another task, suite or nonce", async () => {
    const { opening } = await anAnswer();
    const open = (change: Partial<typeof opening>) =>
      openAnswer({ ...opening, ...change }, { ...clientParts(), context: clientContext });
    expect(open({ taskId: aWord("another task") })).toEqual({ kind: "refused", refusal: "otherTask" });
    expect(open({ suite: "xwing" })).toEqual({ kind: "refused", refusal: "otherSuite" });
    expect(open({ nonce: aWord("another nonce") })).toEqual({ kind: "refused", refusal: "otherOrigin" });
  });

  it("refuses one that was made in another context with the same miner", async () => {
    const { opening } = await anAnswer();
    const other = await createSealContext({ bundle: alice.bundle, suite: "x25519", session: SESSION });
    expect(openAnswer(opening, { ...clientParts(), context: other })).toEqual({
      kind: "refused",
      refusal: "otherOrigin",
    });
  });

  it("has another key each time a miner begins: no frame of a first try is one of the second", async () => {
    const [first, second] = [await anAnswer(aWord("first")), await anAnswer(aWord("second"))];
    const found = openAnswer(second.opening, { ...clientParts(), context: clientContext });
    if (found.kind === "refused") throw new Error(found.refusal);
    expect(read(found.opener, send(first.sealer, PARTS))).toBe("tampered");
  });

  it("refuses openings that are cut, go on, or name another version or suite", async () => {
    const { opening } = await anAnswer();
    const bytes = encodeAnswerOpening(opening);
    const bad = [bytes.slice(0, -1), Uint8Array.from([...bytes, 0]), bytes.with(0, 2), bytes.with(2, 9)];
    for (const one of bad) expect(() => decodeAnswerOpening(one)).toThrow("PROTOCOL_BAD_RECORD");
  });
});

describe("the parts of an answer", () => {
  it("come back however their bytes are cut", () => {
    const part = fc.record({
      kind: fc.constant("tokens" as const),
      from: fc.nat(1_000),
      ids: fc.array(fc.nat(0xffffffff), { maxLength: PART_TOKENS_MAX }),
      text: fc.string({ unit: "grapheme", maxLength: 40 }),
    });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), fc.integer({ min: 1, max: 700 }), (parts, piece) => {
        const all: readonly AnswerPart[] = [...parts, { kind: "end", finish: "length", nIn: 1, nOut: 2 }];
        const bytes = concatBytes(...all.map(encodeAnswerPart));
        const reader = new AnswerReader();
        const found: AnswerPart[] = [];
        for (let at = 0; at < bytes.length; at += piece) found.push(...reader.push(bytes.subarray(at, at + piece)));
        reader.end();
        expect(found).toEqual(all);
      }),
      { numRuns: 50 },
    );
  });

  it("are refused without an end, with something behind it, of another kind, too long or too many", () => {
    const end = encodeAnswerPart({ kind: "end", finish: "stop", nIn: 1, nOut: 1 });
    const tokens = encodeAnswerPart({ kind: "tokens", from: 0, ids: [1], text: "a" });
    const readAll = (bytes: Uint8Array) => {
      const reader = new AnswerReader();
      reader.push(bytes);
      reader.end();
    };
    const huge = Uint8Array.from([0, 0, 1, 0, 0]);
    const cut = concatBytes(tokens, end.slice(0, -1));
    const unfinished = tokens.with(tokens.length - 5, 9);
    const bad = [
      tokens,
      concatBytes(end, tokens),
      concatBytes(end, tokens.slice(0, 3)),
      end.with(0, 7),
      end.with(5, 99),
    ];
    for (const one of [...bad, huge, cut, unfinished, new Uint8Array(0)]) {
      expect(() => readAll(one)).toThrow("PROTOCOL_BAD_RECORD");
    }
    const many = Array.from({ length: PART_TOKENS_MAX + 1 }, () => 1);
    expect(() => encodeAnswerPart({ kind: "tokens", from: 0, ids: many, text: "" })).toThrow("PROTOCOL_BAD_RECORD");
    expect(() => encodeAnswerPart({ kind: "tokens", from: 0, ids: [], text: "x".repeat(40_000) })).toThrow(
      "PROTOCOL_BAD_RECORD",
    );
  });
});
