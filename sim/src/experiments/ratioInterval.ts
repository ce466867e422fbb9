import { createRandom, type Interval } from "@cortensor/proof";

/** What was measured of one stretch of time: the ratio asked for is that of the sums. */
export type RatioPart = { readonly over: number; readonly under: number };

/**
 * The ratio of two sums over time, and its 95 % interval by a bootstrap of whole blocks: neighbours that depend on each other stay together. Blocks wrap around the end.
 */
export function ratioInterval(
  parts: readonly RatioPart[],
  { blockLength, resamples, seed }: { readonly blockLength: number; readonly resamples: number; readonly seed: number },
): Interval & { readonly value: number } {
  if (parts.length === 0) throw new RangeError("nothing was measured");
  const random = createRandom(seed);
  const ratios = Array.from({ length: resamples }, () => {
    const drawn: RatioPart[] = [];
    while (drawn.length < parts.length) {
      const from = Math.floor(random() * parts.length);
      for (let at = 0; at < blockLength && drawn.length < parts.length; at += 1) {
        const part = parts[(from + at) % parts.length];
        if (part !== undefined) drawn.push(part);
      }
    }
    return ratioOf(drawn);
  });
  return { value: ratioOf(parts), ...spanOf(ratios) };
}

/** What 95 of 100 values lie within. */
export function spanOf(values: readonly number[]): Interval {
  const ordered = [...values].sort((left, right) => left - right);
  const at = (share: number): number => ordered[Math.round(share * (ordered.length - 1))] ?? Number.NaN;
  return { low: at(0.025), high: at(0.975) };
}

function ratioOf(parts: readonly RatioPart[]): number {
  const sum = (read: (part: RatioPart) => number): number => parts.reduce((total, part) => total + read(part), 0);
  return sum(({ over }) => over) / sum(({ under }) => under);
}
