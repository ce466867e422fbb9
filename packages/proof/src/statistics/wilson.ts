import { normalQuantile } from "./normalQuantile.js";

/** From, to; both are part of it. */
export type Interval = { readonly low: number; readonly high: number };

/**
 * Wilson's score interval of a share (JASA 22, 1927): `(p̂ + z²/2n ± z √(p̂(1−p̂)/n + z²/4n²)) ÷ (1 + z²/n)`, z the two-sided quantile of
 * `confidence`. Everything is possible when nothing was tried.
 */
export function wilsonInterval(hits: number, trials: number, confidence = 0.95): Interval {
  if (!Number.isInteger(hits) || !Number.isInteger(trials) || hits < 0 || hits > trials) {
    throw new RangeError(`${hits} of ${trials} is no share`);
  }
  if (trials === 0) return { low: 0, high: 1 };
  const z = normalQuantile(0.5 + confidence / 2);
  const share = hits / trials;
  const middle = share + (z * z) / (2 * trials);
  const reach = z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  const scale = 1 + (z * z) / trials;
  // Rounding must not exclude what was seen.
  return {
    low: hits === 0 ? 0 : Math.min(share, (middle - reach) / scale),
    high: hits === trials ? 1 : Math.max(share, (middle + reach) / scale),
  };
}
