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
  beaconWithoutGuards,
  bodyFault,
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
import { type Calibration, calibratePair, cheatArms, checkBodies, type Verdict } from "../src/index.js";
import { endless, make, segmentOf } from "./claims.js";
import { WHERE_CHEATS_SHOW } from "./whereCheatsShow.js";

const TIMEOUT_MS = 600_000;
const FACTS = { chainId: 31_337, epoch: 4 };
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

/** What a miner with this engine keeps of a task: as the miner's own code would, whatever the engine does. */
async function bodyBy(engine: Engine, name: string): Promise<SegmentBody> {
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
  const beacon = beaconWithoutGuards(FACTS.chainId, FACTS.epoch);
  const seed = samplerSeed(seedSource({ taskId, userNonce: task.userNonce, beacon }), 0);
  const promptTokens = await engine.tokenizePrompt(PROMPT);
  const made = await make(engine, { promptTokens, params: PARAMS, seed });
  const { result, recipe } = segmentOf(made, { nIn: promptTokens.length, kernelClass, taskId });
  const fingerprint = encodeFingerprint(made.fingerprint);
  return {
    task,
    prompt: PROMPT,
    promptSalt: SALT,
    params: PARAMS,
    committed: [],
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
});
