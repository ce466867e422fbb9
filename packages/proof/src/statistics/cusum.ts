import { drawIndex, type Random } from "./random.js";

/** What the sum of a miner's tasks is held against. */
export type CusumRule = {
  /** κ, nats a token: halfway between the honest mean margin and the least that must be found. */
  readonly kappaNats: number;
  /** h, nats: the alarm. */
  readonly alarmNats: number;
};

/** One checked task: its margins in all, and its tokens. */
export type CusumTask = { readonly marginNats: number; readonly tokens: number };

/**
 * One task more, by Page's rule (Biometrika 41, 1954): `C ← max(0, C + Σm − κ·n)`. Small deviations and short answers add up over a miner's
 * tasks, and honest work wears them off.
 */
export function addToCusum(sumNats: number, task: CusumTask, { kappaNats }: Pick<CusumRule, "kappaNats">): number {
  return Math.max(0, sumNats + task.marginNats - kappaNats * task.tokens);
}

/** Tokens from a start at 0 to the alarm; undefined when the tasks end before it. */
export function tokensToAlarm(tasks: Iterable<CusumTask>, rule: CusumRule): number | undefined {
  let [sumNats, tokens] = [0, 0];
  for (const task of tasks) {
    tokens += task.tokens;
    sumNats = addToCusum(sumNats, task, rule);
    if (sumNats > rule.alarmNats) return tokens;
  }
  return undefined;
}

/** κ between an honest mean margin and the least dishonest one that is to be found, nats a token. */
export function kappaBetween(honestMeanNats: number, cheatMeanNats: number): number {
  if (!(cheatMeanNats > honestMeanNats)) throw new RangeError("the cheat's mean margin must be the higher");
  return (honestMeanNats + cheatMeanNats) / 2;
}

/**
 * The least alarm that an honest miner meets no oftener than once in `tokensBetween` tokens on average: its tasks drawn from measured ones, the
 * same draw for every alarm tried, started again at 0 after each. Never below `alarmLeastNats`, so that no single token can raise it.
 * Resolution 0.01 nats.
 */
export function calibrateAlarm(
  honest: readonly CusumTask[],
  options: {
    readonly kappaNats: number;
    readonly tokensBetween: number;
    readonly alarmLeastNats: number;
    readonly random: Random;
    /** How many times `tokensBetween` are simulated. Default 20. */
    readonly times?: number;
  },
): number {
  if (!honest.some(({ tokens }) => tokens > 0)) throw new RangeError("no honest tasks");
  const { kappaNats, tokensBetween, alarmLeastNats, random, times = 20 } = options;
  const drawn: CusumTask[] = [];
  let tokens = 0;
  while (tokens < tokensBetween * times) {
    const task = honest[drawIndex(random, honest.length)] as CusumTask;
    drawn.push(task);
    tokens += task.tokens;
  }
  const isRare = (alarmNats: number): boolean => countAlarms(drawn, { kappaNats, alarmNats }) <= times;
  if (isRare(alarmLeastNats)) return alarmLeastNats;
  let [low, high] = [alarmLeastNats, alarmLeastNats * 2];
  while (!isRare(high)) [low, high] = [high, high * 2];
  while (high - low > RESOLUTION_NATS) {
    const middle = (low + high) / 2;
    if (isRare(middle)) high = middle;
    else low = middle;
  }
  return high;
}

const RESOLUTION_NATS = 0.01;

/** Alarms over the tasks, the sum starting again at 0 after each. */
export function countAlarms(tasks: readonly CusumTask[], rule: CusumRule): number {
  let [sumNats, alarms] = [0, 0];
  for (const task of tasks) {
    sumNats = addToCusum(sumNats, task, rule);
    if (sumNats <= rule.alarmNats) continue;
    alarms += 1;
    sumNats = 0;
  }
  return alarms;
}
