/**
 * The least of the values that at least `share` of them don't exceed: the empirical quantile, never between two values. As a threshold that
 * only higher values cross it keeps false alarms on these values at or below `1 − share`; with few values it is the highest.
 */
export function upperQuantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError("no values");
  if (!(share > 0 && share <= 1)) throw new RangeError("a share above 0, up to 1");
  const sorted = [...values].sort((left, right) => left - right);
  const rank = Math.ceil(share * sorted.length - ROUNDING);
  return sorted[Math.max(1, rank) - 1] ?? Number.NaN;
}

/** `0.99 × 100` must be rank 99, however a double writes it. */
const ROUNDING = 1e-9;

export function meanOf(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("no values");
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
