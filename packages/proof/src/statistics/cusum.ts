import { drawIndex, type Random } from "./random.js";

/** What the sum of a miner's tasks is held against. */
export type CusumRule = {
  /** κ, nats a token: between the honest mean margin and the least that must be found, see `kappaBetween`. */
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

/**
 * κ between what honest tasks show and what the least cheat that is to be found does, nats a token: as many standard deviations of a task's mean above
 * the one as below the other, `(μ₀σ₁ + μ₁σ₀) ÷ (σ₀ + σ₁)`. Honest work varies less than a cheat's, so that halfway would let much of a cheat wear off. At
 * least a tenth of the way, so that honest work always does.
 * @throws RangeError where the cheat shows no more than honest work
 */
export function kappaBetween(honest: readonly CusumTask[], cheat: readonly CusumTask[]): number {
  const [own, other] = [spreadOf(honest), spreadOf(cheat)];
  if (!(other.mean > own.mean)) throw new RangeError("the cheat's mean margin must be the higher");
  const deviations = own.deviation + other.deviation;
  const share = deviations > 0 ? own.deviation / deviations : 0.5;
  return own.mean + Math.max(KAPPA_SHARE_LEAST, share) * (other.mean - own.mean);
}

const KAPPA_SHARE_LEAST = 0.1;

/** The tokens' mean margin, and the standard deviation of a task's mean from it. */
function spreadOf(tasks: readonly CusumTask[]): { readonly mean: number; readonly deviation: number } {
  const counted = tasks.filter(({ tokens }) => tokens > 0);
  if (counted.length === 0) throw new RangeError("no tasks");
  const sum = (of: (task: CusumTask) => number): number => counted.reduce((total, task) => total + of(task), 0);
  const mean = sum(({ marginNats }) => marginNats) / sum(({ tokens }) => tokens);
  const variance = sum(({ marginNats, tokens }) => (marginNats / tokens - mean) ** 2) / counted.length;
  return { mean, deviation: Math.sqrt(variance) };
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
