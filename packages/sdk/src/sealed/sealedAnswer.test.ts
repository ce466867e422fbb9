import {
  type Bytes32,
  createSealContext,
  createSealKeyPair,
  encodeAnswerOpening,
  encodeAnswerPart,
  encodeSealedFrame,
  feeWei,
  fillFrame,
  hashTask,
  portableAead,
  type SealContext,
  type SealedAssignment,
  type SealedEvent,
  sealAnswer,
  sealedAnswerSalt,
  sealedOutCommit,
  sealedRootStart,
  type Task,
  TokenRoot,
  utf8ToBytes,
} from "@cortensor/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { SealedAnswer } from "./sealedAnswer.js";

type Done = Extract<SealedEvent, { readonly kind: "done" }>;
const word = (byte: string): Bytes32 => `0x${byte.repeat(32)}`;
const MINER = `0x${"0a".repeat(20)}` as const;
const TASK: Task = {
  ...{ account: 7, session: word("01"), seq: 3, modelId: word("02"), promptCommit: word("03"), paramsHash: word("04") },
  ...{ maxIn: 256, maxOut: 64, feeCapWei: 10_000n, deadline: 2_000_000_000, userNonce: word("05") },
  ...{ privacy: "sealed", redundancy: 1 },
};
const TASK_ID = hashTask(TASK);
const SALT = sealedAnswerSalt({ suite: "x25519", secret: word("09") }, TASK_ID);
const DATA_KEY = new Uint8Array(32).fill(7);
const IDS = [11, 12, 13];
const ASSIGNED: SealedAssignment = {
  task: TASK,
  assignment: {
    ...{ taskId: TASK_ID, miner: MINER, replica: 0, segment: 0, from: 0, kernelClass: word("06"), epoch: 1 },
    ...{ expires: 1_900_000_000, weiPerTokenIn: 2n, weiPerTokenOut: 5n },
  },
  committed: 0,
  miner: { miner: MINER, bundles: [new Uint8Array([1])] },
  standbys: [],
  word: { certificate: { node: MINER, connectionKey: word("07"), expires: 1 }, certifiedBy: "0x", signature: "0x" },
};

describe("a sealed answer at its client", () => {
  let context: SealContext;
  beforeAll(async () => {
    const { publicKey } = await createSealKeyPair("x25519");
    const bundle = {
      ...{ chainId: 1, registry: MINER, node: MINER, prekeyEpoch: 1, validFrom: 1, validTo: 2 },
      keys: [{ suite: "x25519", publicKey } as const],
    };
    context = await createSealContext({ bundle, suite: "x25519", session: word("08") });
  });

  /** What an honest miner sends, in two frames, and says at the end. */
  function honest() {
    const { opening, sealer } = sealAnswer(context, {
      ...{ taskId: TASK_ID, dataKey: DATA_KEY, nonce: word("0d"), aead: portableAead },
    });
    const frame = (data: Uint8Array, hasEnded: boolean): Uint8Array =>
      encodeSealedFrame(sealer.seal({ ...fillFrame({ bytes: data.length, hasEnded }), data }));
    const frames = [
      frame(encodeAnswerPart({ kind: "tokens", from: 0, ids: IDS, text: "one two" }), false),
      frame(encodeAnswerPart({ kind: "end", finish: "stop", nIn: 9, nOut: 3 }), true),
    ];
    const root = new TokenRoot(sealedRootStart(SALT));
    for (const id of IDS) root.push(id);
    const done: Done = {
      ...{ kind: "done", taskId: TASK_ID, finish: "stop", nIn: 9, nOut: 3 },
      feeWei: feeWei({ ...ASSIGNED.assignment, nIn: 9, nOut: 3 }),
      result: {
        ...{ taskId: TASK_ID, miner: MINER, replica: 0, segment: 0, from: 0, to: 3, tokenRoot: root.root() },
        ...{ fpRoot: word("0e"), recipeHash: word("0f"), nIn: 9, nOut: 3, finish: "stop", kernelClass: word("06") },
        ...{ outCommit: sealedOutCommit(TASK_ID, SALT, utf8ToBytes("one two")), tFirstMs: 1, tTotalMs: 2 },
      },
      label: "unproved",
      sealing: { suite: "x25519", readers: [MINER], audit: "none" },
    };
    return { opening: encodeAnswerOpening(opening), frames, done };
  }

  function begun(): SealedAnswer {
    const answer = new SealedAnswer({ taskId: TASK_ID, answerSalt: SALT, aead: portableAead, audit: "none" });
    answer.begin({ assigned: ASSIGNED, context, dataKey: DATA_KEY });
    return answer;
  }

  function taken(said = honest()): SealedAnswer {
    const answer = begun();
    answer.takeOpening(said.opening);
    answer.takeFrame(said.frames[0] ?? new Uint8Array(), 3);
    answer.takeFrame(said.frames[1] ?? new Uint8Array(), 3);
    return answer;
  }

  const faultOf = (act: () => unknown): unknown => {
    try {
      act();
    } catch (error) {
      return error instanceof Error && "data" in error ? error.data : error;
    }
    return undefined;
  };
  const refusedAs = (fault: string) => ({ code: "SDK_SEALED_ANSWER_FAULT", fault, taskId: TASK_ID });

  it("is whole where miner and router say what came", () => {
    const said = honest();
    const answer = taken(said);
    expect(answer.finish(said.done)).toEqual({ kind: "end", finish: "stop", nIn: 9, nOut: 3 });
    expect([answer.text, answer.ids]).toEqual(["one two", IDS]);
  });

  it.each<[string, (done: Done) => Done]>([
    ["otherFee", (done) => ({ ...done, feeWei: done.feeWei + 1n })],
    ["otherCount", (done) => ({ ...done, nOut: 4 })],
    ["otherCount", (done) => ({ ...done, nIn: 10 })],
    ["otherEnd", (done) => ({ ...done, finish: "length" })],
    ["otherTokens", (done) => ({ ...done, result: { ...done.result, tokenRoot: word("ff") } })],
    ["otherTokens", (done) => ({ ...done, result: { ...done.result, to: 4 } })],
    ["otherOutput", (done) => ({ ...done, result: { ...done.result, outCommit: word("ff") } })],
    ["otherIdentity", (done) => ({ ...done, result: { ...done.result, miner: `0x${"0b".repeat(20)}` } })],
    ["otherLabel", (done) => ({ ...done, sealing: { ...done.sealing, readers: [`0x${"0b".repeat(20)}`] } })],
    ["otherLabel", (done) => ({ ...done, sealing: { ...done.sealing, readers: [MINER, `0x${"0b".repeat(20)}`] } })],
    ["otherLabel", (done) => ({ ...done, sealing: { ...done.sealing, suite: "xwing" } })],
  ])("is refused as %s where they say otherwise", (fault, lie) => {
    const said = honest();
    expect(faultOf(() => taken(said).finish(lie(said.done)))).toEqual(refusedAs(fault));
  });

  it("is refused where frames are missing, repeated, altered, miscounted, or another's", () => {
    const said = honest();
    const [first = new Uint8Array(), last = new Uint8Array()] = said.frames;
    const answer = begun();
    answer.takeOpening(said.opening);
    answer.takeFrame(first, 3);
    expect(faultOf(() => answer.finish(said.done))).toEqual(refusedAs("truncated"));
    const opened = (): SealedAnswer => {
      const one = begun();
      one.takeOpening(said.opening);
      return one;
    };
    expect(faultOf(() => opened().takeFrame(last, 3))).toEqual(refusedAs("outOfOrder"));
    expect(faultOf(() => opened().takeFrame(first, 4))).toEqual(refusedAs("otherCount"));
    const altered = first.slice();
    altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
    expect(faultOf(() => opened().takeFrame(altered, 3))).toEqual(refusedAs("tampered"));
    expect(faultOf(() => begun().takeFrame(first, 3))).toEqual(refusedAs("noOpening"));
    const foreign = said.opening.slice();
    foreign[foreign.length - 1] = (foreign.at(-1) ?? 0) ^ 1;
    expect(faultOf(() => begun().takeOpening(foreign))).toEqual(refusedAs("otherOrigin"));
  });
});
