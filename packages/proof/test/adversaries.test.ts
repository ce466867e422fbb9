import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CHEAT_NAMES,
  CHEATS,
  cheatingEngine,
  type Engine,
  embeddedModels,
  type LlamaEngine,
  makeSmallerModel,
  startLlamaEngine,
} from "@cortensor/engine";
import {
  type Bytes32,
  bodyFault,
  decodeFingerprint,
  encodeFingerprint,
  hashResult,
  hashTask,
  keccak256,
  type Prompt,
  paramsHash,
  promptCommit,
  type SegmentBody,
  samplerSeed,
  seedSource,
  utf8ToBytes,
} from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Calibration,
  type CheckedSegment,
  calibratePair,
  cheatArms,
  checkBodies,
  type Verdict,
} from "../src/index.js";
import { endless, make, segmentOf } from "./claims.js";
import { WHERE_CHEATS_SHOW } from "./whereCheatsShow.js";

const TIMEOUT_MS = 600_000;
const FACTS = { beacon: keccak256(utf8ToBytes("a beacon")) };
const OTHER_MINER = `0x${"44".repeat(20)}` as const;
const SALT: Bytes32 = `0x${"5a".repeat(32)}`;
const PROMPT: Prompt = { kind: "chat", messages: [{ role: "user", content: "Tell me a story about a brave fox." }] };
const PARAMS = endless({ maxTokens: 96 });

let folder: string;
let honest: LlamaEngine;
let fourBits: LlamaEngine;
let smaller: LlamaEngine;
let calibration: Calibration;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "adversaries-"));
  const { files, chat } = await embeddedModels();
  const start = (modelPath: string): Promise<LlamaEngine> =>
    startLlamaEngine({ modelPath, model: chat.model, contextTokens: 512, slots: 1 });
  const q4 = files.find(({ use, quantisation }) => use === "chat" && quantisation === "Q4_0");
  if (q4 === undefined) throw new Error("no Q4_0 file");
  honest = await start(chat.path);
  fourBits = await start(q4.path);
  smaller = await start(await makeSmallerModel(chat.path, folder));
  const { pair } = await calibratePair({
    miner: honest,
    checker: honest,
    cheats: cheatArms(honest, []).filter(({ name }) => name === "own seed"),
    honestSequences: 6,
    cheatSequences: 1,
    tokens: 64,
    temperature: 1,
    temperatureFrom: 1,
    temperatureTo: 1,
    falseAlarmsMax: 0.01,
    seed: 1,
  });
  const { model, modelId } = honest.describe();
  const head = {
    format: "cortensor-calibration-1",
    checkVersion: 1,
    model,
    modelId,
    fileSha256: "00".repeat(32),
  } as const;
  calibration = { ...head, kernels: [], pairs: [pair] };
}, TIMEOUT_MS);
afterAll(async () => {
  await Promise.all([honest, fourBits, smaller].map((engine) => engine?.close()));
  await rm(folder, { recursive: true });
});

/** What a miner with this engine keeps of a task, or of what it took over: as the miner's own code would, whatever the engine does. */
async function bodyBy(engine: Engine, name: string, committed: readonly number[] = []): Promise<SegmentBody> {
  const { modelId, kernelClass, contextTokens } = engine.describe();
  const task: SegmentBody["task"] = {
    account: 7,
    session: SALT,
    seq: 1,
    modelId,
    promptCommit: promptCommit(SALT, PROMPT),
    paramsHash: paramsHash(PARAMS),
    maxIn: 200,
    maxOut: 96,
    feeCapWei: 1n,
    deadline: 1,
    userNonce: keccak256(utf8ToBytes(name)),
    privacy: "open",
    redundancy: 1,
  };
  const taskId = hashTask(task);
  const seed = samplerSeed(seedSource({ taskId, userNonce: task.userNonce, ...FACTS }), 0);
  const promptTokens = await engine.tokenizePrompt(PROMPT);
  const made = await make(engine, { promptTokens, params: PARAMS, seed, committed, checkFrom: committed.length });
  const segment = committed.length === 0 ? 0 : 1;
  const { result, recipe } = segmentOf(made, {
    nIn: promptTokens.length,
    kernelClass,
    taskId,
    segment,
    before: committed,
  });
  const fingerprint = encodeFingerprint(made.fingerprint);
  return {
    task,
    prompt: PROMPT,
    promptSalt: SALT,
    params: PARAMS,
    committed,
    contextTokens,
    result,
    recipe,
    fingerprint,
  };
}

async function verdictOn(body: SegmentBody, hasReplay: boolean): Promise<Verdict | undefined> {
  expect(bodyFault(body, hashResult(body.result)), "all that it signed can be shown").toBeUndefined();
  const [checked] = await checkBodies(honest, [body], FACTS, { calibration, hasReplay });
  return checked?.verdict;
}

describe("the checker, which knows of no cheat", { timeout: TIMEOUT_MS }, () => {
  it("passes honest work, to the last bit", async () => {
    expect(await verdictOn(await bodyBy(honest, "honest"), true)).toEqual({ kind: "passed" });
  });

  it.each(CHEAT_NAMES)("finds a miner that answers by %s", async (name) => {
    const needs = "needs" in CHEATS[name] ? CHEATS[name].needs : undefined;
    const engine = cheatingEngine(name, { honest, other: needs === "fourBits" ? fourBits : smaller });
    // The first of equal answers is honest.
    if (name === "cached-answer" || name === "copied-answer") await bodyBy(engine, `${name}, first`);
    const body = await bodyBy(engine, name);
    const [byPrefill, byReplay] = [await verdictOn(body, false), await verdictOn(body, true)];
    const shown = byPrefill?.kind === "fault" ? byPrefill.fault : byPrefill?.kind;
    expect(byReplay?.kind).toBe("fault");
    expect(WHERE_CHEATS_SHOW[name] === "replay" ? "replay" : shown).toBe(WHERE_CHEATS_SHOW[name]);
  });

  /** The answer to a task whose first miner, by this engine, died when it had signed 64 tokens; the honest one went on. */
  async function handedOverBy(engine: Engine, name: string): Promise<readonly CheckedSegment[]> {
    const given = decodeFingerprint((await bodyBy(engine, name)).fingerprint).slice(0, 64);
    const body = await bodyBy(
      honest,
      name,
      given.map(({ id }) => id),
    );
    const handedOver = [{ miner: OTHER_MINER, replica: 0, segment: 0, from: 0, to: 64 }];
    return checkBodies(honest, [body], FACTS, { calibration, hasReplay: true, handedOver });
  }

  it("finds a miner with a seed of its own in what it handed over before it died, and not its successor", async () => {
    const cheat = cheatingEngine("own-seed", { honest, other: smaller });
    const [first, second] = await handedOverBy(cheat, "cut short");
    expect(first).toMatchObject({ miner: OTHER_MINER, segment: 0, isByMarginsAlone: true, score: { tokens: 64 } });
    expect(first?.verdict).toMatchObject({ kind: "suspect" });
    expect(first?.score?.fingerprinted).toBe(0);
    expect(second).toMatchObject({ segment: 1, verdict: { kind: "passed" } });
  });

  it("passes an honest miner that died, by its margins alone", async () => {
    const checked = await handedOverBy(honest, "honest, cut short");
    expect(checked.map(({ verdict }) => verdict)).toEqual([{ kind: "passed" }, { kind: "passed" }]);
    expect(checked.map(({ isByMarginsAlone }) => isByMarginsAlone)).toEqual([true, undefined]);
  });

  it("finds a miner that went on behind the answer's end, and refuses a checkpoint that is of no tokens", async () => {
    const body = await bodyBy(
      honest,
      "honest, behind an end",
      Array.from({ length: 64 }, (_, at) => (at === 40 ? 2 : 5)),
    );
    const check = (from: number, to: number) =>
      checkBodies(honest, [body], FACTS, {
        hasReplay: false,
        handedOver: [{ miner: OTHER_MINER, replica: 0, segment: 0, from, to }],
      });
    expect((await check(0, 64))[0]).toMatchObject({ verdict: { kind: "fault", fault: "finish" } });
    await expect(check(64, 64)).rejects.toMatchObject({ code: "PROOF_BAD_CLAIM" });
    await expect(check(0, 97)).rejects.toMatchObject({ code: "PROOF_BAD_CLAIM" });
  });
});
