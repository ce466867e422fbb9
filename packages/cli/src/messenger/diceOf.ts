/** Whole numbers below a bound, the same for the same seed on every machine (mulberry32). */
export function diceOf(seed: number): (count: number) => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  return (count) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * count);
  };
}
