import { embeddedModels, startLlamaEngine } from "@cortensor/engine";
import {
  CALIBRATION_FAMILIES,
  checkReplica,
  judgeScore,
  makeTasks,
  replaySegment,
  runArm,
  setThresholds,
} from "@cortensor/proof";
import { fingerprintRootOf, outCommit, recipeHash, tokenRootOf, utf8ToBytes } from "@cortensor/protocol";

/** Half of the answers have one length, half the other: as many tokens as the windows that judge them. */
const ANSWER_TOKENS = [32, 64];
const SETTING_SEQUENCES = 300;
const FALSE_ALARMS_MAX = 0.01;
const CONTEXT_TOKENS = 512;
/** Seeds of the tasks: those that set the thresholds aren't tried. */
const SEEDS = { setting: 1, tried: 2 };
const TASK = `0x${"7a".repeat(32)}`;
const MINER = `0x${"33".repeat(20)}`;

/**
 * Honest answers through all tiers: each is checked by calibrated thresholds, and whoever is suspect is made again in another process. Accused are
 * those that neither clears, and those that the structure contradicts. Passed are the others.
 * @returns {Promise<{ passed: number, failed: number, answers: number, tokens: number, suspected: number, replayed: number, accused: number }>}
 */
export async function tryHonest({ from, count }) {
  const { chat } = await embeddedModels();
  const start = () =>
    startLlamaEngine({ modelPath: chat.path, model: chat.model, contextTokens: CONTEXT_TOKENS, threads: 1 });
  const [miner, checker] = await Promise.all([start(), start()]);
  try {
    thresholds ??= calibrate(miner, checker);
    const windows = await thresholds;
    const tasks = await tasksOf(miner, { from, count });
    const counts = { answers: 0, tokens: 0, suspected: 0, replayed: 0, accused: 0 };
    for (const task of tasks) {
      const claim = await answer(miner, task);
      counts.answers += 1;
      counts.tokens += claim.outputTokens.length;
      const [checked] = await checkReplica(checker, claim);
      const judgement = checked?.kind === "scored" ? judgeScore(checked.score, windows).kind : "faulty";
      if (judgement === "passed") continue;
      counts.suspected += 1;
      counts.replayed += 1;
      const replayed = await replaySegment(checker, claim);
      if (judgement === "suspect" && replayed.kind === "equal") continue;
      counts.accused += 1;
    }
    return { passed: counts.answers - counts.accused, failed: counts.accused, ...counts };
  } finally {
    await Promise.all([miner.close(), checker.close()]);
  }
}

/** The same in every part, so that those of one process share them. */
let thresholds;

async function calibrate(miner, checker) {
  const plan = { miner, tokens: Math.max(...ANSWER_TOKENS), temperature: 1, seed: SEEDS.setting };
  const honest = [];
  for (const task of await makeTasks(plan, SETTING_SEQUENCES)) {
    honest.push(await runArm({ name: "honest", engine: miner }, checker, task));
  }
  return setThresholds(honest, FALSE_ALARMS_MAX);
}

async function tasksOf(miner, { from, count }) {
  const [short, long] = await Promise.all(
    ANSWER_TOKENS.map((tokens) => makeTasks({ miner, tokens, temperature: 1, seed: SEEDS.tried }, from + count)),
  );
  // By rounds of the families, so that each has both lengths.
  return short
    .map((task, index) => (Math.floor(index / CALIBRATION_FAMILIES.length) % 2 === 0 ? task : long[index]))
    .slice(from);
}

/** An honest miner's answer, as it would claim it. */
export async function answer(miner, { promptTokens, params, seed }) {
  const fingerprint = [];
  let [text, end] = ["", undefined];
  for await (const event of miner.generate({ promptTokens, params, seed, fingerprints: true })) {
    text += event.text;
    if (event.kind === "end") end = event;
    else fingerprint.push({ id: event.id, top: event.top });
  }
  const { kernelClass, contextTokens } = miner.describe();
  const outputTokens = fingerprint.map(({ id }) => id);
  const result = {
    taskId: TASK,
    miner: MINER,
    replica: 0,
    segment: 0,
    from: 0,
    to: outputTokens.length,
    tokenRoot: tokenRootOf(outputTokens),
    fpRoot: fingerprintRootOf(fingerprint),
    recipeHash: recipeHash(end.recipe),
    outCommit: outCommit(TASK, utf8ToBytes(text)),
    nIn: promptTokens.length,
    nOut: outputTokens.length,
    finish: end.finish,
    kernelClass,
    tFirstMs: 1,
    tTotalMs: 2,
  };
  const segments = [{ result, recipe: end.recipe, fingerprint }];
  return { promptTokens, params, seed, contextTokens, outputTokens, segments };
}
