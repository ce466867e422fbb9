import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { embeddedModels, makeSmallerModel, startLlamaEngine } from "@cortensor/engine";
import { calibratePair, cheatArms, countSuspects, setThresholds, wilsonInterval, windowsOf } from "@cortensor/proof";
import { ROOT } from "../../scripts/run.mjs";
import { measureCheck } from "./measureCheck.mjs";

/**
 * Detection and cost of the check with the embedded model: Q8_0 is asked for, cheats serve something else. Thresholds come from honest answers
 * of their own, false alarms from others. Small counts are said to be so in every line.
 */
const SEQUENCES = Number(process.env.BENCH_SEQUENCES ?? 40);
const CHEAT_SEQUENCES = Number(process.env.BENCH_CHEAT_SEQUENCES ?? SEQUENCES);
const TOKENS = Number(process.env.BENCH_TOKENS ?? 256);
const REPEATS = Number(process.env.BENCH_REPEATS ?? 5);
const FALSE_ALARMS_MAX = 0.01;
/** Room for the prompt beside the answer. */
const CONTEXT_TOKENS = Math.min(2_048, Math.max(1_024, TOKENS + 512));
/** Detection is only worth stating for text that leaves something to chance. */
const ENTROPY_LEAST_NATS = 0.8;
/** Windows below which an interval says more than the share. */
const WINDOWS_ENOUGH = 300;

const isJson = process.argv.includes("--json");
const say = (line) => process.stderr.write(`${line}\n`);
const machine = `${cpus().length} × ${cpus()[0]?.model ?? "cpu"}, Node ${process.version}`;
const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim();
const print = (metric, value, unit, rest) => {
  const row = { bench: "proof", metric, value, unit, ...rest, machine, commit };
  console.log(isJson ? JSON.stringify(row) : `${metric}: ${value} ${unit} ${JSON.stringify(rest)}`);
};
const round = (value) => Number(value.toPrecision(4));

const { files, chat } = await embeddedModels();
const startFile = (modelPath) => startLlamaEngine({ modelPath, model: chat.model, contextTokens: CONTEXT_TOKENS });
const start = (quantisation) =>
  startFile(files.find((one) => one.use === "chat" && one.quantisation === quantisation).path);
say("starting Q8_0, F16, Q4_0 and Q8_0 with fewer layers");
const [engine, f16, q4] = [await start("Q8_0"), await start("F16"), await start("Q4_0")];
const folder = mkdtempSync(join(tmpdir(), "cortensor-bench-proof-"));
const smaller = await startFile(await makeSmallerModel(chat.path, folder));

const cost = await measureCheck(engine, { repeats: REPEATS, say });
for (const { metric, value, unit, ...rest } of cost) print(metric, round(value), unit, rest);

const substitutes = [
  { name: "F16", engine: f16 },
  { name: "Q4_0", engine: q4 },
  { name: "fewer layers", engine: smaller },
];
const { honest, cheats } = await calibratePair({
  miner: engine,
  checker: engine,
  cheats: cheatArms(engine, substitutes),
  honestSequences: SEQUENCES,
  cheatSequences: CHEAT_SEQUENCES,
  tokens: TOKENS,
  temperature: 1,
  temperatureFrom: 1,
  temperatureTo: 1,
  falseAlarmsMax: FALSE_ALARMS_MAX,
  seed: Number(process.env.BENCH_SEED ?? 1),
  onProgress: ({ arm, sequences, of }) => sequences === of && say(`  ${arm}: ${sequences}`),
});
await Promise.all([engine, f16, q4, smaller].map((one) => one.close()));
rmSync(folder, { recursive: true });

const entropyOf = ({ tokens }) => tokens.reduce((sum, one) => sum + one.entropyNats, 0) / tokens.length;
const familyEntropy = new Map();
for (const sequence of honest)
  familyEntropy.set(sequence.family, [...(familyEntropy.get(sequence.family) ?? []), sequence]);
const isRich = ({ family }) => {
  const all = familyEntropy.get(family) ?? [];
  return all.reduce((sum, one) => sum + entropyOf(one), 0) / Math.max(1, all.length) >= ENTROPY_LEAST_NATS;
};

/** Rich text carries the claims; the other families are printed apart. */
for (const [text, isOf] of [
  ["rich", isRich],
  ["lowEntropy", (sequence) => !isRich(sequence)],
]) {
  const own = honest.filter(isOf);
  if (own.length < 2) continue;
  const [setting, held] = [own.filter((_, index) => index % 2 === 0), own.filter((_, index) => index % 2 === 1)];
  for (const window of setThresholds(setting, FALSE_ALARMS_MAX)) {
    const alarms = countSuspects(held, window);
    const entropy = own.reduce((sum, one) => sum + entropyOf(one), 0) / own.length;
    const facts = {
      text,
      entropyNatsPerToken: round(entropy),
      windowTokens: window.tokens,
      thresholdsFromWindows: setting.flatMap((one) => windowsOf(one, window.tokens)).length,
      falseAlarms: { ...alarms, ...wilsonInterval(alarms.suspected, alarms.windows) },
    };
    for (const { name, sequences } of cheats) {
      const { windows, suspected } = countSuspects(sequences.filter(isOf), window);
      if (windows === 0) continue;
      const { low, high } = wilsonInterval(suspected, windows);
      const isSmall = windows < WINDOWS_ENOUGH || alarms.windows < WINDOWS_ENOUGH;
      const rest = { ...facts, windows, low: round(low), high: round(high), isSmall };
      print(metricOf(name, window.tokens, text), round(suspected / windows), "share", { cheat: name, ...rest });
    }
  }
}

/** The rows that have targets have names of their own, on rich text. */
function metricOf(cheat, windowTokens, text) {
  if (text !== "rich") return "detection";
  if (windowTokens === 64 && ["own seed", "half the prompt", "fewer layers"].includes(cheat)) return "swap_64";
  if (windowTokens === 256 && cheat === "Q4_0") return "q4_256";
  if (windowTokens === 256 && cheat === "fewer layers, fingerprints forged") return "posthoc_256";
  if (windowTokens === 1_024 && cheat === "Q4_0, fingerprints forged") return "posthoc_q4_1024";
  return "detection";
}
