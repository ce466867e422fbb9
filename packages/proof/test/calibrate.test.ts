import { embeddedModels, type LlamaEngine, startLlamaEngine } from "@cortensor/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  calibrateModel,
  calibratePair,
  calibrationHash,
  cheatArms,
  encodeCalibrationFile,
  judgeScore,
  maySlash,
  parseCalibrationFile,
  rocSvg,
  scoreOf,
  signCalibration,
  WORK,
} from "../src/index.js";

/** Some hundred tokens from each of nine arms. */
const TIMEOUT_MS = 300_000;
const KEY = `0x${"11".repeat(32)}` as const;
const COUNTS = {
  honestSequences: 6,
  cheatSequences: 3,
  tokens: 64,
  temperature: 1,
  temperatureFrom: 0.9,
  temperatureTo: 1.1,
  falseAlarmsMax: 0.01,
  seed: 1,
};

let engine: LlamaEngine;
let again: LlamaEngine;
let fourBits: LlamaEngine;
beforeAll(async () => {
  const { files } = await embeddedModels();
  const start = (quantisation: string): Promise<LlamaEngine> => {
    const file = files.find((one) => one.use === "chat" && one.quantisation === quantisation);
    if (file === undefined) throw new Error(`no ${quantisation} file`);
    return startLlamaEngine({ modelPath: file.path, model: file.model, contextTokens: 512, slots: 4 });
  };
  [engine, again, fourBits] = await Promise.all([start("Q8_0"), start("Q8_0"), start("Q4_0")]);
});
afterAll(() => Promise.all([engine, again, fourBits].map((one) => one.close())));

describe("a calibration", { timeout: TIMEOUT_MS }, () => {
  it("of the embedded model tells its cheats from honest work, and is too small to slash by", async () => {
    const arms: string[] = [];
    const substitutes = [{ name: "Q4_0", engine: fourBits }];
    const { calibration, runs } = await calibrateModel({
      ...COUNTS,
      engine,
      again,
      substitutes,
      fileSha256: "0f".repeat(32),
      onProgress: ({ arm, sequences, of }) => (sequences === of ? void arms.push(arm) : undefined),
    });
    const [pair] = calibration.pairs;
    if (pair === undefined) throw new Error("no pair");
    expect(arms).toEqual(["what changes bits", "honest", ...pair.cheats.map(({ name }) => name)]);
    expect(pair.windows.map(({ tokens }) => tokens)).toEqual([32, 64]);
    expect(pair.honest).toMatchObject({ sequences: 6, tokens: 384, tokensLeast: 64, families: 6 });
    expect(pair.cusum.alarmNats).toBeGreaterThanOrEqual(8);

    const facts = calibration.kernels[0]?.facts ?? [];
    const changing = facts.filter(({ changesBits }) => changesBits).map(({ what }) => what);
    expect(changing).toEqual(["prefillAgainstDecode"]);
    expect(calibration.kernels[0]?.committedFeeding).toBe("stepwise");

    const found = (name: string) =>
      pair.cheats.find((one) => one.name === name)?.windows.find(({ tokens }) => tokens === 64);
    expect(found("own seed")).toMatchObject({ detection: 1, marginArea: 1 });
    expect(found("half the prompt")).toMatchObject({ detection: 1 });
    expect(found("Q4_0")?.logprobArea).toBe(1);
    expect(found("Q4_0, fingerprints forged")?.logprobArea).toBeLessThan(1);

    for (const { tokens } of runs.honest.filter((_, index) => index % 2 === 0)) {
      expect(judgeScore(scoreOf(tokens), pair.windows)).toEqual({ kind: "passed" });
    }
    const own = runs.cheats.find(({ name }) => name === "own seed")?.sequences ?? [];
    for (const { tokens } of own) expect(judgeScore(scoreOf(tokens), pair.windows).kind).toBe("suspect");

    const file = encodeCalibrationFile(signCalibration(calibration, KEY));
    expect(calibrationHash(parseCalibrationFile(file).calibration)).toBe(calibrationHash(calibration));
    const { minerClass, checkerClass } = pair;
    const right = maySlash(WORK.chat, calibration, { minerClass, checkerClass, temperature: 1 });
    expect(right).toEqual({ kind: "mayNot", why: "tooFewRuns" });
    const picture = rocSvg(pair, 64);
    for (const { name } of pair.cheats) expect(picture).toContain(`${name}: `);
  });

  it("is the same under the same seed, another under another", async () => {
    const cheats = cheatArms(engine, []).filter(({ name }) => name === "own seed");
    const few = {
      ...COUNTS,
      honestSequences: 4,
      cheatSequences: 1,
      tokens: 32,
      cheats,
      miner: engine,
      checker: engine,
    };
    const first = await calibratePair(few);
    expect((await calibratePair({ ...few, checker: again })).pair).toEqual(first.pair);
    expect((await calibratePair({ ...few, seed: 2 })).pair).not.toEqual(first.pair);
  });

  it("is refused with too few runs to say anything", async () => {
    const run = { ...COUNTS, cheats: [], miner: engine, checker: engine };
    await expect(calibratePair({ ...run, honestSequences: 3 })).rejects.toMatchObject({ code: "PROOF_TOO_FEW_RUNS" });
    const short = calibratePair({ ...run, honestSequences: 4, tokens: 16 });
    await expect(short).rejects.toMatchObject({ data: { what: "tokens a sequence", runs: 16 } });
    const noCheat = calibratePair({ ...run, honestSequences: 4, tokens: 32 });
    await expect(noCheat).rejects.toMatchObject({ data: { code: "PROOF_TOO_FEW_RUNS", runs: 0 } });
  });
});
