/** A stream of numbers in [0, 1), the same for the same seed: every simulation here names its own. */
export type Random = () => number;

const TWO_32 = 4_294_967_296;
const WARM_UP = 12;

/** The generator sfc32 of PractRand's author, 53 bits a number. Not for secrets. */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError("a seed is a whole number from 0 on");
  let [a, b, c, counter] = [seed >>> 0, Math.floor(seed / TWO_32) >>> 0, 0x9e3779b9, 1];
  const next = (): number => {
    const out = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + out) | 0;
    return out >>> 0;
  };
  for (let step = 0; step < WARM_UP; step += 1) next();
  return () => ((next() >>> 5) * 67_108_864 + (next() >>> 6)) / 9_007_199_254_740_992;
}

/** A whole number from 0 to `below − 1`, each as likely. */
export function drawIndex(random: Random, below: number): number {
  return Math.floor(random() * below);
}
