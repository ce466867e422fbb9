import { beforeAll, describe, expect, it } from "vitest";
import type { Bytes32 } from "../primitives.js";
import { portableAead } from "./aead.js";
import { encodeAnswerPart } from "./answerParts.js";
import { fillFrame } from "./framePace.js";
import { type HandedAnswer, handedTokens } from "./handedAnswer.js";
import { createSealKeyPair } from "./hpke.js";
import { createSealContext, type SealContext } from "./sealContext.js";
import { encodeAnswerOpening, sealAnswer } from "./sealedAnswer.js";
import { encodeSealedFrame } from "./sealedFrame.js";

const word = (byte: string): Bytes32 => `0x${byte.repeat(32)}`;
const MINER = `0x${"0a".repeat(20)}` as const;
const TASK = word("01");
const KEY = new Uint8Array(32).fill(7);
const PARTS = { taskId: TASK, dataKey: KEY, aead: portableAead, from: 0 };

describe("what is handed over to a standby", () => {
  let context: SealContext;
  beforeAll(async () => {
    const { publicKey } = await createSealKeyPair("x25519");
    const keys = [{ suite: "x25519", publicKey } as const];
    const bundle = { chainId: 1, registry: MINER, node: MINER, prekeyEpoch: 1, validFrom: 1, validTo: 2, keys };
    context = await createSealContext({ bundle, suite: "x25519", session: word("08") });
  });

  /** A frame for each list of ids, counted on from a position; the last may say that it has ended. */
  function answered(nonce: string, from: number, lists: readonly (readonly number[])[], ends = false): HandedAnswer {
    const asked = { taskId: TASK, dataKey: KEY, nonce: word(nonce), aead: portableAead };
    const { opening, sealer } = sealAnswer(context, asked);
    let at = from;
    const parts = lists.map((ids) => {
      const part = encodeAnswerPart({ kind: "tokens", from: at, ids, text: "" });
      at += ids.length;
      return part;
    });
    if (ends) parts.push(encodeAnswerPart({ kind: "end", finish: "stop", nIn: 1, nOut: at }));
    const frames = parts.map((data, index) => {
      const fill = fillFrame({ bytes: data.length, hasEnded: ends && index === parts.length - 1 });
      return encodeSealedFrame(sealer.seal({ ...fill, data }));
    });
    return { opening: encodeAnswerOpening(opening), frames };
  }

  it("is the tokens of all those before it, in order, behind those that the client had", () => {
    expect(handedTokens([], PARTS)).toEqual([]);
    const both = [answered("0d", 2, [[5, 6], [7]]), answered("0e", 5, [[8]])];
    expect(handedTokens(both, { ...PARTS, from: 2 })).toEqual([5, 6, 7, 8]);
  });

  it("is refused where it is of another key, task or place, altered, out of order, or ended", () => {
    const one = answered("0d", 0, [[5, 6], [7]]);
    const [first = new Uint8Array(), second = new Uint8Array()] = one.frames;
    const altered = first.slice();
    altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
    const refused: readonly (readonly [HandedAnswer, Partial<typeof PARTS>])[] = [
      [one, { dataKey: new Uint8Array(32) }],
      [one, { taskId: word("02") }],
      [one, { from: 1 }],
      [{ ...one, frames: [altered] }, {}],
      [{ ...one, frames: [second] }, {}],
      [{ ...one, frames: [first, first] }, {}],
      [{ ...one, opening: one.opening.slice(1) }, {}],
      [{ ...one, frames: [first.slice(1)] }, {}],
      [answered("0e", 0, [[5]], true), {}],
    ];
    for (const [handed, change] of refused) expect(handedTokens([handed], { ...PARTS, ...change })).toBeUndefined();
  });
});
