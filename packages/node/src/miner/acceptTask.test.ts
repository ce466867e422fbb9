import { beaconWithoutGuards } from "@cortensor/protocol";
import type { OfferedModel, Start } from "@cortensor/wire";
import { describe, expect, it } from "vitest";
import { acceptPrompt, acceptTask, type MinerState } from "./acceptTask.js";
import { anEmbeddingStart, aStart, CHAIN_ID, EPOCH, NOW_SECONDS, type StartOptions } from "./test/startMaker.js";

const MINER = `0x${"0a".repeat(20)}` as const;
const offer: OfferedModel = {
  model: "a model",
  modelId: `0x${"0b".repeat(32)}`,
  quantisation: "Q8_0",
  kernelClass: `0x${"0c".repeat(32)}`,
  contextTokens: 2_048,
  tokensPerSecond: 50,
  sequences: 2,
  canEmbed: true,
  canScore: true,
  weiPerTokenIn: 10n,
  weiPerTokenOut: 100n,
};

/** What `aStart` may earn: 1,000 prompt tokens, and as many more as the context has. */
const MOST_WEI = 1_000n * 10n + 2_048n * 100n;

const state: MinerState = {
  self: MINER,
  isSealed: false,
  isPrivate: false,
  mayBeOfEpoch: true,
  beacon: beaconWithoutGuards(CHAIN_ID, EPOCH),
  nowSeconds: NOW_SECONDS,
  offer,
  tasks: 3,
  capacity: 4,
  owedWei: 1_000n,
  owedMaxWei: 1_000n + MOST_WEI,
  uncreditedWei: 500n,
  bondWei: 2n * (1_500n + MOST_WEI),
  bondMinWei: 5n,
  bondSharePercent: 50,
};

const OTHER = `0x${"ff".repeat(32)}` as const;
const judge = (options: StartOptions, changes: Partial<MinerState> = {}) =>
  acceptTask(aStart(MINER, offer, options), { ...state, ...changes });
const judgeChanged = (change: Partial<Start>) => acceptTask({ ...aStart(MINER, offer), ...change }, state);

describe("acceptTask", () => {
  it("takes an honest task, at each limit", () => {
    expect(judge({})).toEqual({ kind: "accepted" });
    expect(judge({ assignment: { expires: NOW_SECONDS + 1 } })).toEqual({ kind: "accepted" });
    expect(judge({ params: { userSeed: 9n } })).toEqual({ kind: "accepted" });
    const committed = Array.from({ length: 40 }, (_, at) => at);
    expect(judge({ committed, assignment: { segment: 1, from: 32 } })).toEqual({ kind: "accepted" });
    expect(acceptTask(anEmbeddingStart(MINER, offer, ["a"]), state)).toEqual({ kind: "accepted" });
  });

  it("refuses by what the miner is or has", () => {
    expect(judge({}, { tasks: 4 })).toMatchObject({ code: "busy" });
    expect(judge({}, { bondWei: 4n })).toMatchObject({ code: "bondTooSmall" });
    expect(judge({}, { offer: undefined })).toMatchObject({ code: "unknownModel" });
    expect(judge({ assignment: { kernelClass: OTHER } })).toMatchObject({ code: "unknownModel" });
    const mute = { ...offer, canEmbed: false };
    expect(acceptTask(anEmbeddingStart(MINER, mute, ["a"]), { ...state, offer: mute })).toMatchObject({
      code: "unknownModel",
    });
  });

  it("refuses a wei more than may be owed, with all that the task may add", () => {
    expect(judge({}, { owedWei: 1_001n })).toMatchObject({ code: "owedTooMuch" });
    expect(judge({ params: { maxTokens: 2_047 } }, { owedWei: 1_100n })).toEqual({ kind: "accepted" });
    expect(judge({ params: { maxTokens: 2_047 } }, { owedWei: 1_101n })).toMatchObject({ code: "owedTooMuch" });
  });

  it("refuses a wei more than its share of the bond covers, promised or not", () => {
    expect(judge({}, { uncreditedWei: 501n })).toMatchObject({ code: "bondTooSmall" });
    expect(judge({}, { bondWei: state.bondWei - 1n })).toMatchObject({ code: "bondTooSmall" });
    expect(judge({}, { bondSharePercent: 49 })).toMatchObject({ code: "bondTooSmall" });
    expect(judge({}, { owedWei: 0n, uncreditedWei: 1_500n })).toEqual({ kind: "accepted" });
  });

  it("refuses what is over", () => {
    expect(judge({ assignment: { expires: NOW_SECONDS } })).toMatchObject({ code: "expired" });
    expect(judge({ task: { deadline: NOW_SECONDS } })).toMatchObject({ code: "expired" });
  });

  it("takes more than it asked for: a session's surcharges come on top", () => {
    const dearer = { assignment: { weiPerTokenIn: 11n, weiPerTokenOut: 111n } };
    const enough = { owedMaxWei: 2n * state.owedMaxWei, bondWei: 2n * state.bondWei };
    expect(judge(dearer, enough)).toEqual({ kind: "accepted" });
  });

  it.each<[string, StartOptions]>([
    ["another miner", { assignment: { miner: `0x${"0d".repeat(20)}` } }],
    ["a lower price in", { assignment: { weiPerTokenIn: 9n } }],
    ["a lower price out", { assignment: { weiPerTokenOut: 99n } }],
    ["a replica beyond the task's", { assignment: { replica: 1 } }],
    ["a sealed task in the open", { task: { privacy: "sealed" } }],
    ["a private task of a public network", { task: { privacy: "private" } }],
    ["a start between checkpoints", { committed: [1, 2], assignment: { segment: 1, from: 1 } }],
    ["a start behind what was seen", { committed: [1], assignment: { segment: 1, from: 32 } }],
    ["seen tokens in a first segment", { committed: [1] }],
    ["more output than is paid for", { task: { maxOut: 10 } }],
    ["more seen than asked for", { committed: [1, 2], params: { maxTokens: 1 }, assignment: { segment: 1 } }],
    ["another task's id", { assignment: { taskId: OTHER } }],
    ["another prompt", { task: { promptCommit: OTHER } }],
    ["other parameters", { task: { paramsHash: OTHER } }],
  ])("refuses an assignment about %s", (_what, options) => {
    expect(judge(options)).toMatchObject({ kind: "refused", code: "badAssignment" });
  });

  it("takes a private network's tasks alone where it serves one", () => {
    const network = { isPrivate: true, isSealed: true };
    expect(judge({ task: { privacy: "private" } }, network)).toEqual({ kind: "accepted" });
    const detail = "a private network has no sealed tasks";
    expect(judge({ task: { privacy: "sealed" } }, network)).toMatchObject({ code: "badAssignment", detail });
  });

  it("refuses a seed that the router chose itself", () => {
    expect(judgeChanged({ seedSource: OTHER })).toMatchObject({ code: "badAssignment" });
    const { seedSource: _absent, ...without } = aStart(MINER, offer);
    expect(acceptTask(without, state)).toMatchObject({ code: "badAssignment" });
    const seeded = aStart(MINER, offer, { params: { userSeed: 9n } });
    expect(acceptTask({ ...seeded, seedSource: OTHER }, state)).toMatchObject({ code: "badAssignment" });
  });

  it("takes nobody's word for a beacon: it must be the one of its epoch, by its own look at the chain", () => {
    expect(judge({}, { beacon: OTHER })).toMatchObject({ code: "badAssignment" });
    expect(judge({ assignment: { epoch: EPOCH - 1 } })).toMatchObject({ code: "badAssignment" });
    expect(judge({}, { beacon: undefined })).toMatchObject({ code: "beaconUnknown" });
    expect(judge({}, { beacon: undefined, mayBeOfEpoch: false })).toMatchObject({ code: "badAssignment" });
  });

  it("needs no beacon where nothing is drawn from one", () => {
    const blind = { beacon: undefined, mayBeOfEpoch: false };
    expect(judge({ params: { userSeed: 9n } }, blind)).toEqual({ kind: "accepted" });
    expect(acceptTask(anEmbeddingStart(MINER, offer, ["a"]), { ...state, ...blind })).toEqual({ kind: "accepted" });
  });

  it("refuses parameters outside their range, whoever hashed them", () => {
    const start = aStart(MINER, offer);
    const params = { ...start.params, temperature: 99 };
    expect(judgeChanged({ params })).toMatchObject({
      code: "badAssignment",
      detail: "the parameters are not the task's",
    });
  });

  it("refuses texts that are not the task's", () => {
    const start = { ...anEmbeddingStart(MINER, offer, ["a"]), texts: ["b"] };
    expect(acceptTask(start, state)).toMatchObject({ code: "badAssignment" });
  });
});

describe("acceptPrompt", () => {
  const parts = { nIn: 100, maxIn: 100, contextTokens: 130, committed: 30 };

  it("takes a prompt that leaves room for one token, or for all that were seen already", () => {
    expect(acceptPrompt(parts)).toEqual({ kind: "accepted" });
    expect(acceptPrompt({ ...parts, committed: 0, contextTokens: 101 })).toEqual({ kind: "accepted" });
  });

  it("refuses one token more than is paid for, or than the context has", () => {
    expect(acceptPrompt({ ...parts, maxIn: 99 })).toMatchObject({ code: "promptTooLong" });
    expect(acceptPrompt({ ...parts, contextTokens: 129 })).toMatchObject({ code: "promptTooLong" });
    expect(acceptPrompt({ ...parts, committed: 0, contextTokens: 100 })).toMatchObject({ code: "promptTooLong" });
  });
});
