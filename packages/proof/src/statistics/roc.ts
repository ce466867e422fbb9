import { upperQuantile } from "./quantile.js";

/** What happens when everything above a threshold is suspected. */
export type RocPoint = { readonly threshold: number; readonly falseAlarms: number; readonly detection: number };

/**
 * The curve over all thresholds that change anything, from the strictest (nothing is suspected) to the loosest. Suspected is what is strictly
 * above the threshold.
 */
export function rocCurve(honest: readonly number[], cheat: readonly number[]): readonly RocPoint[] {
  const thresholds = [...new Set([...honest, ...cheat])].sort((left, right) => right - left);
  const above = (values: readonly number[]): ((threshold: number) => number) => {
    const sorted = [...values].sort((left, right) => right - left);
    let count = 0;
    return (threshold) => {
      while (count < sorted.length && (sorted[count] ?? 0) > threshold) count += 1;
      return count / sorted.length;
    };
  };
  const [alarms, hits] = [above(honest), above(cheat)];
  return [...thresholds, Number.NEGATIVE_INFINITY].map((threshold) => ({
    threshold,
    falseAlarms: alarms(threshold),
    detection: hits(threshold),
  }));
}

/**
 * Area under the curve: the chance that a cheat's value lies above an honest one's, ties half (Hanley and McNeil, Radiology 143, 1982).
 * By ranks, in n log n.
 */
export function areaUnderRoc(honest: readonly number[], cheat: readonly number[]): number {
  if (honest.length === 0 || cheat.length === 0) throw new RangeError("no values");
  const sorted = [...honest].sort((left, right) => left - right);
  let wins = 0;
  for (const value of cheat) wins += (countBelow(sorted, value) + countBelow(sorted, value, true)) / 2;
  return wins / (honest.length * cheat.length);
}

/** The threshold that suspects at most this share of the honest values, and what it finds of the cheat's. */
export function operatingPoint(
  honest: readonly number[],
  cheat: readonly number[],
  falseAlarmsMax: number,
): RocPoint & { readonly caught: number } {
  const threshold = upperQuantile(honest, 1 - falseAlarmsMax);
  const caught = cheat.filter((value) => value > threshold).length;
  const falseAlarms = honest.filter((value) => value > threshold).length / honest.length;
  return { threshold, falseAlarms, caught, detection: cheat.length === 0 ? 0 : caught / cheat.length };
}

/** How many of the sorted values are below one, or at most it. */
function countBelow(sorted: readonly number[], value: number, isInclusive = false): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = sorted[middle] ?? 0;
    if (at < value || (isInclusive && at === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}
