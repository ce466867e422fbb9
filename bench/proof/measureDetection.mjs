import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embeddedModels, makeSmallerModel, startLlamaEngine } from "@cortensor/engine";
import { calibratePair, cheatArms, countSuspects, setThresholds, wilsonInterval, windowsOf } from "@cortensor/proof";
import { halvesOf } from "./halves.mjs";
import { sumRow } from "./sumRow.mjs";

/** Where five of the six families are rich, 300 windows of 256 tokens of each arm, and as many of honest answers that set nothing. */
const SEQUENCES = Number(process.env.BENCH_SEQUENCES ?? 360);
const CHEAT_SEQUENCES = Number(process.env.BENCH_CHEAT_SEQUENCES ?? Math.ceil(SEQUENCES / 2));
const TOKENS = Number(process.env.BENCH_TOKENS ?? 512);
const SEED = Number(process.env.BENCH_SEED ?? 1);
const FALSE_ALARMS_MAX = 0.01;
/** Room for the prompt beside the answer. */
const CONTEXT_TOKENS = Math.min(2_048, Math.max(1_024, TOKENS + 512));
/** Detection is only worth stating for text that leaves something to chance. */
const ENTROPY_LEAST_NATS = 0.8;
/** Four bits write, the true model scores. */
export const FOUR_BITS_FORGED = "Q4_0, fingerprints forged";
/** Windows below which an interval says more than the share. */
const WINDOWS_ENOUGH = 300;
const FILES = ["Q8_0", "F16", "Q4_0"];

/**
 * What the check finds where one of the embedded model's files is asked for and cheats serve something else. Thresholds come from honest answers of
 * their own, false alarms from others. Small counts are said to be so in every row. `only`: one of the ways to cheat, and what several tasks show of
 * it. `temperature`: of all that is asked.
 */
export async function measureDetection({ asked, say, only, temperature = 1 }) {
  const { files, chat } = await embeddedModels();
  const pathOf = (quantisation) =>
    files.find((one) => one.use === "chat" && one.quantisation === quantisation)?.path ?? chat.path;
  const start = (modelPath) =>
    startLlamaEngine({ modelPath, model: chat.model, contextTokens: CONTEXT_TOKENS, threads: 1 });
  const folder = mkdtempSync(join(tmpdir(), "cortensor-bench-proof-"));
  const names = [asked, ...FILES.filter((name) => name !== asked), "fewer layers"];
  const engines = [];
  try {
    for (const name of names) {
      engines.push(await start(name === "fewer layers" ? await makeSmallerModel(pathOf(asked), folder) : pathOf(name)));
    }
    const [engine, ...others] = engines;
    const substitutes = others.map((other, index) => ({ name: names[index + 1], engine: other }));
    const arms = cheatArms(engine, substitutes).filter(({ name }) => only === undefined || name === only);
    const runs = await calibratePair({
      miner: engine,
      checker: engine,
      cheats: arms,
      honestSequences: SEQUENCES,
      cheatSequences: CHEAT_SEQUENCES,
      tokens: TOKENS,
      temperature,
      temperatureFrom: temperature,
      temperatureTo: temperature,
      falseAlarmsMax: FALSE_ALARMS_MAX,
      seed: SEED,
      onProgress: progressOf({ asked, say, sequences: SEQUENCES + arms.length * CHEAT_SEQUENCES }),
    });
    return only === undefined ? rowsOf(runs, { asked, temperature }) : sumRows(runs, asked);
  } finally {
    await Promise.all(engines.map((one) => one.close()));
    rmSync(folder, { recursive: true });
  }
}

/** Says how long it will take after the first few answers, and each arm that is through. */
function progressOf({ asked, say, sequences: all }) {
  const startedMs = Date.now();
  return ({ arm, sequences, of }) => {
    if (arm === "honest" && sequences === Math.min(10, of)) {
      say(`${asked}: about ${Math.round(((Date.now() - startedMs) / sequences / 60_000) * all)} minutes`);
    }
    if (sequences === of) say(`  ${asked}, ${arm}: ${sequences}`);
  };
}

const entropyOf = ({ tokens }) => tokens.reduce((sum, one) => sum + one.entropyNats, 0) / tokens.length;
const meanEntropy = (sequences) => sequences.reduce((sum, one) => sum + entropyOf(one), 0) / sequences.length;

/** Rich text carries the claims; rows of text of low entropy stand apart. */
function rowsOf({ honest, cheats }, { asked, temperature }) {
  return Object.entries(textsOf(honest)).flatMap(([text, isOf]) => {
    const own = honest.filter(isOf);
    if (own.length < 2) return [];
    const arms = cheats.map(({ name, sequences }) => ({ name, sequences: sequences.filter(isOf) }));
    return windowRows({ honest: own, arms, text, asked, temperature });
  });
}

/** What several tasks of one miner show, in rich text. */
function sumRows({ honest, cheats }, asked) {
  const isOf = textsOf(honest).rich;
  return cheats.flatMap(({ name, sequences }) => {
    const cheat = { name, sequences: sequences.filter(isOf) };
    const row = sumRow({ honest: honest.filter(isOf), cheat, asked, seed: SEED, falseAlarmsMax: FALSE_ALARMS_MAX });
    return row === undefined ? [] : [row];
  });
}

/** Which answers are of which text, by how much their family leaves to chance. */
function textsOf(honest) {
  const rich = new Set(
    [...groupByFamily(honest)].filter(([, all]) => meanEntropy(all) >= ENTROPY_LEAST_NATS).map(([family]) => family),
  );
  return { rich: ({ family }) => rich.has(family), lowEntropy: ({ family }) => !rich.has(family) };
}

function groupByFamily(sequences) {
  const families = new Map();
  for (const one of sequences) families.set(one.family, [...(families.get(one.family) ?? []), one]);
  return families;
}

function windowRows({ honest, arms, text, asked, temperature }) {
  const [setting, held] = halvesOf(honest);
  return setThresholds(setting, FALSE_ALARMS_MAX).flatMap((window) => {
    const alarms = countSuspects(held, window);
    const facts = {
      asked,
      temperature,
      text,
      entropyNatsPerToken: Number(meanEntropy(honest).toPrecision(4)),
      windowTokens: window.tokens,
      thresholdsFromWindows: setting.flatMap((one) => windowsOf(one, window.tokens)).length,
      falseAlarms: { ...alarms, ...wilsonInterval(alarms.suspected, alarms.windows) },
    };
    return arms.flatMap(({ name, sequences }) => {
      const { windows, suspected } = countSuspects(sequences, window);
      if (windows === 0) return [];
      const isSmall = windows < WINDOWS_ENOUGH || alarms.windows < WINDOWS_ENOUGH;
      const share = {
        value: suspected / windows,
        unit: "share",
        windows,
        ...wilsonInterval(suspected, windows),
        isSmall,
      };
      return [
        {
          metric: metricOf({ cheat: name, windowTokens: window.tokens, text, asked, temperature }),
          cheat: name,
          ...facts,
          ...share,
        },
      ];
    });
  });
}

/** The rows that have targets have names of their own, on rich text of the file that is asked for by default, at temperature 1. */
function metricOf({ cheat, windowTokens, text, asked, temperature }) {
  if (text !== "rich" || asked !== "Q8_0" || temperature !== 1) return "detection";
  if (windowTokens === 64 && ["own seed", "half the prompt", "fewer layers"].includes(cheat)) return "swap_64";
  if (windowTokens === 256 && cheat === "Q4_0") return "q4_256";
  if (windowTokens === 256 && cheat === "fewer layers, fingerprints forged") return "posthoc_256";
  return "detection";
}
