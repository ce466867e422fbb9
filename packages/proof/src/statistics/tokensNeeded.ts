import { normalQuantile } from "./normalQuantile.js";

/**
 * Tokens after which two shares of mismatching tokens can be told apart by counting:
 * `N ≥ ((z_φ √(p0(1−p0)) + z_δ √(p1(1−p1))) ÷ (p1 − p0))²` (the one-sided test of a proportion, e.g. Fleiss, Statistical Methods for
 * Rates and Proportions). The clipped margin needs fewer.
 */
export function tokensNeeded(rates: {
  /** Share of mismatches of an honest miner. */
  readonly honest: number;
  /** Of the cheat, higher. */
  readonly cheat: number;
  /** φ: share of honest answers that may be suspected. */
  readonly falseAlarms: number;
  /** δ: share of the cheat's answers that must be. */
  readonly detection: number;
}): number {
  const { honest, cheat, falseAlarms, detection } = rates;
  if (!(honest >= 0 && honest < cheat && cheat <= 1)) throw new RangeError("the cheat's share must be the higher");
  const spread = (share: number): number => Math.sqrt(share * (1 - share));
  const gap = normalQuantile(1 - falseAlarms) * spread(honest) + normalQuantile(detection) * spread(cheat);
  return Math.ceil((gap / (cheat - honest)) ** 2);
}
