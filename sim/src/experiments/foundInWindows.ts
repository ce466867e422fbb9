import { caughtWithin, type Interval, wilsonInterval } from "@cortensor/proof";
import { type Bytes32, dutyBound, dutyDraw, hexToBytes, isBelow, PPM } from "@cortensor/protocol";

/** A cheat's task, and whether a check of it finds the cheat. */
export type CheckedTask = { readonly taskId: Bytes32; readonly isFound: boolean };

export type WindowsParts = {
  /** In the order in which they were made. */
  readonly tasks: readonly CheckedTask[];
  /** Each draws what is audited, as a validator that has all of the stake. */
  readonly secrets: readonly Bytes32[];
  readonly ratesPpm: readonly number[];
  /** Tasks to a window. */
  readonly sizes: readonly number[];
  /** Of the intervals. Default 0.95. */
  readonly confidence?: number;
};

/** Of windows of so many tasks, how many have at least one that was audited and found; and what `1 − (1 − aδ)ⁿ` says of it. */
export type WindowsRow = Interval & {
  readonly auditRate: number;
  readonly tasks: number;
  readonly windows: number;
  readonly expected: number;
  readonly measured: number;
  readonly isWithin: boolean;
};

/**
 * Windows follow one another and share no task. `δ` is the share of all these tasks that a check finds. A window under several secrets is no
 * more windows: the interval is Wilson's, of as many trials as the windows' own spread says that they are worth.
 */
export function foundInWindows(parts: WindowsParts): readonly WindowsRow[] {
  const { tasks, secrets, ratesPpm, sizes, confidence = 0.95 } = parts;
  if (tasks.length === 0 || secrets.length === 0) throw new RangeError("no tasks or no secrets");
  const detection = tasks.filter(({ isFound }) => isFound).length / tasks.length;
  const points = secrets.map((secret) => pointsOfFound(tasks, secret));
  return ratesPpm.flatMap((ratePpm) => {
    const bound = dutyBound(ratePpm, { weight: 1n, total: 1n });
    const caught = points.map((ofTasks) => ofTasks.map((point) => point !== undefined && isBelow(point, bound)));
    const audit = ratePpm / PPM;
    return sizes.map((size) => {
      const shares = sharesCaught(caught, size);
      const measured = shares.reduce((sum, share) => sum + share, 0) / shares.length;
      const trials = effectiveTrials(shares, measured, secrets.length);
      const { low, high } = wilsonInterval(Math.round(measured * trials), trials, confidence);
      const expected = caughtWithin({ audit, detection }, size);
      const isWithin = expected >= low && expected <= high;
      return { auditRate: audit, tasks: size, windows: shares.length, expected, measured, low, high, isWithin };
    });
  });
}

/** Where those tasks lie for the secret that a check would find; undefined for the others. */
function pointsOfFound(tasks: readonly CheckedTask[], secret: Bytes32): readonly (Uint8Array | undefined)[] {
  const draw = dutyDraw(secret);
  return tasks.map(({ taskId, isFound }) => (isFound ? draw(hexToBytes(taskId)) : undefined));
}

/** Of each window, the share of secrets under which it is caught. What doesn't fill a window at the end is left out. */
function sharesCaught(caught: readonly (readonly boolean[])[], size: number): readonly number[] {
  const windows = Math.floor((caught[0]?.length ?? 0) / size);
  if (windows === 0) throw new RangeError(`no window of ${size} tasks`);
  return Array.from({ length: windows }, (_, window) => {
    const hits = caught.filter((ofTasks) => ofTasks.slice(window * size, (window + 1) * size).includes(true)).length;
    return hits / caught.length;
  });
}

/** Independent trials with the same variance of their mean: between the windows and the windows times the secrets (Kish's design effect). */
function effectiveTrials(shares: readonly number[], mean: number, secrets: number): number {
  const [least, most] = [shares.length, shares.length * secrets];
  const spread = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / Math.max(1, shares.length - 1);
  if (spread === 0) return most;
  return Math.min(most, Math.max(least, Math.floor((mean * (1 - mean) * shares.length) / spread)));
}
