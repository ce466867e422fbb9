import { drawIndex, type Random } from "./random.js";
import type { Interval } from "./wilson.js";

/**
 * Percentile interval of a statistic (Efron, Annals of Statistics 7, 1979), drawing whole sequences: windows of one answer resemble one
 * another, and drawing them one by one would make the interval too narrow.
 */
export function bootstrapInterval<Sequence>(
  sequences: readonly Sequence[],
  options: {
    readonly statistic: (drawn: readonly Sequence[]) => number;
    readonly random: Random;
    /** Default 1,000. */
    readonly resamples?: number;
    /** Default 0.95. */
    readonly confidence?: number;
  },
): Interval {
  if (sequences.length === 0) throw new RangeError("no sequences");
  const { statistic, random, resamples = 1_000, confidence = 0.95 } = options;
  const values = Array.from({ length: resamples }, () => {
    const drawn = sequences.map(() => sequences[drawIndex(random, sequences.length)] as Sequence);
    return statistic(drawn);
  }).sort((left, right) => left - right);
  const tail = Math.floor(((1 - confidence) / 2) * resamples);
  return { low: values[tail] ?? Number.NaN, high: values[resamples - 1 - tail] ?? Number.NaN };
}
