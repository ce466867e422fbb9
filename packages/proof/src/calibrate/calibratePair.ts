import type { Engine } from "@cortensor/engine";
import { type Bytes32, keccak256, type SamplingParams, utf8ToBytes } from "@cortensor/protocol";
import type { PairCalibration } from "../calibration/calibration.js";
import { MARGIN_MAX_NATS } from "../check/marginAt.js";
import { addScores, figuresOf, scoreOf } from "../check/taskScore.js";
import { ProofError } from "../proofError.js";
import { type CusumTask, calibrateAlarm, kappaBetween } from "../statistics/cusum.js";
import { createRandom } from "../statistics/random.js";
import { CALIBRATION_FAMILIES, type PromptFamily } from "./calibrationPrompts.js";
import { type Arm, type CalibrationTask, type CheckedSequence, runArm } from "./runArm.js";
import { countSuspects, setThresholds } from "./setThresholds.js";
import { countRuns, summariseCheat } from "./summariseCheat.js";

/** Honest sequences below which halves say nothing. */
const SEQUENCES_MIN = 4;
/** Ids of one bias that keeps an answer going. */
const END_IDS_MAX = 300;
const END_BIAS = -100;
const TOKENS_BETWEEN_ALARMS = 1_000_000;

export type CalibrationRun = {
  /** What an honest miner runs. */
  readonly miner: Pick<Engine, "generate" | "score" | "tokenizePrompt" | "describe" | "spell">;
  readonly checker: Pick<Engine, "score" | "describe">;
  readonly cheats: readonly Arm[];
  readonly honestSequences: number;
  /** Of each cheat. */
  readonly cheatSequences: number;
  readonly tokens: number;
  readonly temperature: number;
  /** The temperatures that the thresholds will be used for. */
  readonly temperatureFrom: number;
  readonly temperatureTo: number;
  readonly falseAlarmsMax: number;
  /** Draws, and the tasks' seeds: the same seed, the same file. */
  readonly seed: number;
  readonly families?: readonly PromptFamily[];
  readonly onProgress?: (done: { readonly arm: string; readonly sequences: number; readonly of: number }) => void;
  readonly signal?: AbortSignal;
};

/** What decides a calibration's questions. */
export type TaskPlan = Pick<CalibrationRun, "tokens" | "temperature" | "seed" | "families"> & {
  readonly miner: Pick<Engine, "tokenizePrompt" | "describe" | "spell">;
};

/** What a calibration's runs gave, before they are summed up: benches look at them too. */
export type CalibratedPair = {
  readonly pair: PairCalibration;
  readonly honest: readonly CheckedSequence[];
  readonly cheats: readonly { readonly name: string; readonly sequences: readonly CheckedSequence[] }[];
};

/**
 * Runs honest and dishonest work for one ordered pair, and sets its thresholds. The first half of the honest sequences sets them, the second
 * says what they suspect. The answers don't end before `tokens`: the end tokens are biased away, for all arms alike.
 * @throws CodedError PROOF_TOO_FEW_RUNS, and the engines' own
 */
export async function calibratePair(run: CalibrationRun): Promise<CalibratedPair> {
  const { miner, checker, honestSequences, cheatSequences, falseAlarmsMax, seed } = run;
  if (honestSequences < SEQUENCES_MIN) {
    throw new ProofError({
      code: "PROOF_TOO_FEW_RUNS",
      what: "honest sequences",
      runs: honestSequences,
      runsMin: SEQUENCES_MIN,
    });
  }
  const tasks = await makeTasks(run, Math.max(honestSequences, cheatSequences));
  const honest = await runAll(run, { name: "honest", engine: miner }, tasks.slice(0, honestSequences));
  const cheats: { name: string; sequences: readonly CheckedSequence[] }[] = [];
  for (const arm of run.cheats) {
    cheats.push({ name: arm.name, sequences: await runAll(run, arm, tasks.slice(0, cheatSequences)) });
  }
  const [setting, held] = halves(honest);
  const windows = setThresholds(setting, falseAlarmsMax);
  const [shortest] = windows;
  if (shortest === undefined) {
    throw new ProofError({ code: "PROOF_TOO_FEW_RUNS", what: "tokens a sequence", runs: run.tokens, runsMin: 32 });
  }
  const random = createRandom(seed);
  const pair: PairCalibration = {
    minerClass: miner.describe().kernelClass,
    checkerClass: checker.describe().kernelClass,
    temperatureFrom: run.temperatureFrom,
    temperatureTo: run.temperatureTo,
    falseAlarmsMax,
    windows,
    cusum: setCusum({ honest, cheats, seed }),
    held: countSuspects(held, shortest),
    honest: countRuns(honest),
    cheats: cheats.map(({ name, sequences }) => summariseCheat({ name, sequences, honest, windows, random })),
  };
  return { pair, honest, cheats };
}

/** Every second one; the order turns with each round of the families, so that both halves have all of them. */
function halves(honest: readonly CheckedSequence[]): readonly [readonly CheckedSequence[], readonly CheckedSequence[]] {
  const families = Math.max(1, new Set(honest.map(({ family }) => family)).size);
  const isFirst = (index: number): boolean => (index + Math.floor(index / families)) % 2 === 0;
  return [honest.filter((_, index) => isFirst(index)), honest.filter((_, index) => !isFirst(index))];
}

/** The questions of a calibration, the same for every arm. */
export async function makeTasks(run: TaskPlan, count: number): Promise<readonly CalibrationTask[]> {
  const { miner, families = CALIBRATION_FAMILIES, tokens, temperature, seed } = run;
  const params = await endlessParams(miner, { tokens, temperature });
  return Promise.all(
    Array.from({ length: count }, async (_, index): Promise<CalibrationTask> => {
      const family = index % families.length;
      const prompts = families[family]?.prompts ?? [];
      const prompt = prompts[Math.floor(index / families.length) % prompts.length] ?? { kind: "text", text: "The" };
      const promptTokens = await miner.tokenizePrompt(prompt);
      return { promptTokens, params, seed: taskSeed(seed, index), family };
    }),
  );
}

function taskSeed(seed: number, index: number): Bytes32 {
  return keccak256(utf8ToBytes(`calibration ${seed} ${index}`));
}

async function endlessParams(
  miner: Pick<Engine, "spell" | "describe">,
  { tokens, temperature }: { readonly tokens: number; readonly temperature: number },
): Promise<SamplingParams> {
  const ids = Array.from({ length: miner.describe().vocabularyTokens }, (_, id) => id);
  const spelled = await miner.spell(ids);
  const ends = ids.filter((id) => spelled[id]?.isEnd).slice(0, END_IDS_MAX);
  return {
    temperature,
    topK: 40,
    topP: 1,
    minP: 0,
    presencePenalty: 0,
    frequencyPenalty: 0,
    logitBias: Object.fromEntries(ends.map((id) => [id, END_BIAS])),
    stop: [],
    maxTokens: tokens,
  };
}

async function runAll(
  run: CalibrationRun,
  arm: Arm,
  tasks: readonly CalibrationTask[],
): Promise<readonly CheckedSequence[]> {
  const sequences: CheckedSequence[] = [];
  for (const task of tasks) {
    sequences.push(await runArm(arm, run.checker, task, run.signal));
    run.onProgress?.({ arm: arm.name, sequences: sequences.length, of: tasks.length });
  }
  return sequences;
}

/** κ between honest work and the least cheat that shows more; h so that honest work rarely reaches it. */
function setCusum(parts: {
  readonly honest: readonly CheckedSequence[];
  readonly cheats: CalibratedPair["cheats"];
  readonly seed: number;
}): PairCalibration["cusum"] {
  const meanOf = (sequences: readonly CheckedSequence[]): number =>
    figuresOf(addScores(sequences.map(({ tokens }) => scoreOf(tokens)))).meanMarginNats;
  const honestMean = meanOf(parts.honest);
  const [least] = parts.cheats
    .map(({ sequences }) => ({ sequences, mean: meanOf(sequences) }))
    .filter(({ mean }) => mean > honestMean)
    .sort((left, right) => left.mean - right.mean);
  if (least === undefined) {
    throw new ProofError({
      code: "PROOF_TOO_FEW_RUNS",
      what: "cheats that show more margin than honest work",
      runs: 0,
      runsMin: 1,
    });
  }
  const honest = cusumTasks(parts.honest);
  const kappaNats = kappaBetween(honest, cusumTasks(least.sequences));
  const alarmNats = calibrateAlarm(honest, {
    kappaNats,
    tokensBetween: TOKENS_BETWEEN_ALARMS,
    alarmLeastNats: MARGIN_MAX_NATS,
    random: createRandom(parts.seed),
  });
  return { kappaNats, alarmNats, tokensBetween: TOKENS_BETWEEN_ALARMS };
}

function cusumTasks(sequences: readonly CheckedSequence[]): readonly CusumTask[] {
  return sequences.map(({ tokens }) => ({ marginNats: scoreOf(tokens).marginNats, tokens: tokens.length }));
}
