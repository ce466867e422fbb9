import {
  bootstrapInterval,
  calibrateAlarm,
  createRandom,
  drawIndex,
  kappaBetween,
  MARGIN_MAX_NATS,
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
 * A miner's sum over its tasks: the share of miners with so many tasks that pass the alarm. κ and h come from the setting halves, what is printed from
 * the held ones: detection from the cheat's, false alarms from the honest ones. Miners are drawn from their answers, each task another answer.
 * Undefined where answers have less than a task's tokens, or the cheat shows no more margin than honest work: then there is no κ.
 */
export function sumRow({ honest, cheat, asked, seed }) {
  const [setting, held] = halvesOf(honest);
  const [cheatSetting, cheatHeld] = halvesOf(cheat.sequences);
  if (tasksOf(held).length === 0 || !(meanMargin(cheatSetting) > meanMargin(setting))) return undefined;
  const kappaNats = kappaBetween(meanMargin(setting), meanMargin(cheatSetting));
  const alarmNats = calibrateAlarm(tasksOf(setting), {
    kappaNats,
    tokensBetween: TOKENS_BETWEEN_ALARMS,
    alarmLeastNats: MARGIN_MAX_NATS,
    random: createRandom(seed),
  });
  const rule = { kappaNats, alarmNats };
  const caughtOf = (sequences, random) => {
    const tasks = tasksOf(sequences);
    const miners = Array.from({ length: DRAWN_MINERS }, () =>
      Array.from({ length: TASKS }, () => tasks[drawIndex(random, tasks.length)]),
    );
    return miners.filter((miner) => tokensToAlarm(miner, rule) !== undefined).length;
  };
  const random = createRandom(seed + 1);
  const shareOf = (sequences) => caughtOf(sequences, random) / DRAWN_MINERS;
  const alarms = caughtOf(held, random);
  return {
    metric: asked === "Q8_0" ? "posthoc_q4_1024" : "posthoc_q4_1024_f16",
    value: shareOf(cheatHeld),
    unit: "share",
    ...bootstrapInterval(cheatHeld, { statistic: shareOf, random }),
    by: `the sum of ${TASKS} tasks of ${TASK_TOKENS} tokens`,
    of: cheat.name,
    asked,
    tasks: tasksOf(cheatHeld).length,
    drawnMiners: DRAWN_MINERS,
    ...rule,
    tokensBetweenAlarms: TOKENS_BETWEEN_ALARMS,
    cheatMarginNatsPerToken: meanMargin(cheatHeld),
    honestMarginNatsPerToken: meanMargin(held),
    honestMiners: { suspected: alarms, miners: DRAWN_MINERS, ...wilsonInterval(alarms, DRAWN_MINERS) },
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
