import {
  bootstrapInterval,
  calibrateAlarm,
  createRandom,
  drawIndex,
  judgeScore,
  kappaBetween,
  MARGIN_MAX_NATS,
  setThresholds,
  tokensToAlarm,
  wilsonInterval,
  windowsOf,
} from "@cortensor/proof";
import { halvesOf } from "./halves.mjs";

const TASKS = 4;
const TASK_TOKENS = 256;
const TOKENS_BETWEEN_ALARMS = 1_000_000;
const DRAWN_MINERS = 200;

/**
 * A miner over several tasks: the share of miners with so many tasks whose sum passes the alarm; `byEither` counts those too of whom one task is suspect
 * by itself, which honest miners are as many times oftener as there are tasks. Thresholds, κ and h come from the setting halves, what is printed from the held ones: detection from the cheat's, false alarms from the
 * honest ones. Miners are drawn from their answers, each task another answer. Undefined where answers have less than a task's tokens, or the cheat shows no more margin than honest work: then there is no κ.
 */
export function sumRow({ honest, cheat, asked, seed, falseAlarmsMax }) {
  const [setting, held] = halvesOf(honest);
  const [cheatSetting, cheatHeld] = halvesOf(cheat.sequences);
  if (tasksOf(held).length === 0 || !(meanMargin(cheatSetting) > meanMargin(setting))) return undefined;
  const kappaNats = kappaBetween(tasksOf(setting), tasksOf(cheatSetting));
  const alarmNats = calibrateAlarm(tasksOf(setting), {
    kappaNats,
    tokensBetween: TOKENS_BETWEEN_ALARMS,
    alarmLeastNats: MARGIN_MAX_NATS,
    random: createRandom(seed),
  });
  const rule = { kappaNats, alarmNats };
  const windows = setThresholds(setting, falseAlarmsMax);
  const isSuspect = (task) => judgeScore(task, windows).kind === "suspect";
  const bySum = (miner) => tokensToAlarm(miner, rule) !== undefined;
  const byEither = (miner) => bySum(miner) || miner.some(isSuspect);
  const random = createRandom(seed + 1);
  const minersOf = (sequences) => {
    const tasks = tasksOf(sequences);
    const one = () => Array.from({ length: TASKS }, () => tasks[drawIndex(random, tasks.length)]);
    return Array.from({ length: DRAWN_MINERS }, one);
  };
  const shareOf = (sequences) => minersOf(sequences).filter(bySum).length / DRAWN_MINERS;
  const [honestMiners, cheating] = [minersOf(held), minersOf(cheatHeld)];
  const alarmsOf = (isCaught) => {
    const suspected = honestMiners.filter(isCaught).length;
    return { suspected, miners: DRAWN_MINERS, ...wilsonInterval(suspected, DRAWN_MINERS) };
  };
  return {
    metric: asked === "Q8_0" ? "posthoc_q4_1024" : "posthoc_q4_1024_f16",
    value: cheating.filter(bySum).length / DRAWN_MINERS,
    unit: "share",
    ...bootstrapInterval(cheatHeld, { statistic: shareOf, random }),
    by: `the sum of ${TASKS} tasks of ${TASK_TOKENS} tokens`,
    byEither: cheating.filter(byEither).length / DRAWN_MINERS,
    of: cheat.name,
    asked,
    tasks: tasksOf(cheatHeld).length,
    drawnMiners: DRAWN_MINERS,
    ...rule,
    tokensBetweenAlarms: TOKENS_BETWEEN_ALARMS,
    cheatMarginNatsPerToken: meanMargin(cheatHeld),
    honestMarginNatsPerToken: meanMargin(held),
    honestMiners: alarmsOf(bySum),
    honestMinersByEither: alarmsOf(byEither),
  };
}

function tasksOf(sequences) {
  return sequences.flatMap((one) => windowsOf(one, TASK_TOKENS));
}

function meanMargin(sequences) {
  const tasks = tasksOf(sequences);
  const total = (of) => tasks.reduce((sum, one) => sum + of(one), 0);
  return (
    total(({ marginNats }) => marginNats) /
    Math.max(
      1,
      total(({ tokens }) => tokens),
    )
  );
}
