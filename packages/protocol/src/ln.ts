/*
 * Natural logarithm and exponential, specified to the last bit: IEEE-754 double + − × ÷, comparison, floor and bit
 * manipulation, in exactly the order written. Any language that rounds each operation to a double (no fused multiply-add, no wider
 * registers) gets the same bits. `Math.log` and `Math.exp` may differ between engines in their last bit, so the sampler
 * uses neither. Both are within 1 ulp of the true value, and the tests hold them within 2 ulp of `Math`.
 */

/** ln 2 in two parts: the low 21 bits of the first are zero, so that k × LN2_HIGH is exact for |k| < 2^11. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
// biome-ignore lint/suspicious/noApproximativeNumericConstant: these digits are the specification; Math.LOG2E is the platform's.
const ONE_OVER_LN2 = 1.4426950408889634;
// biome-ignore lint/suspicious/noApproximativeNumericConstant: these digits are the specification; Math.SQRT2 is the platform's.
const SQRT2 = 1.4142135623730951;
const TWO_54 = 18_014_398_509_481_984;

/** 2/3, 2/5 … 2/21: the series of ln((1+s)/(1−s)) after its first term, highest power first. */
const LN_SERIES: readonly number[] = [
  0.09523809523809523, 0.10526315789473684, 0.11764705882352941, 0.13333333333333333, 0.15384615384615385,
  0.18181818181818182, 0.2222222222222222, 0.2857142857142857, 0.4, 0.6666666666666666,
];

/** 1/14! … 1/2!: the series of e^r after 1 + r, highest power first. */
const EXP_SERIES: readonly number[] = [
  1.1470745597729725e-11, 1.6059043836821613e-10, 2.08767569878681e-9, 2.505210838544172e-8, 2.755731922398589e-7,
  2.7557319223985893e-6, 2.48015873015873e-5, 0.0001984126984126984, 0.001388888888888889, 0.008333333333333333,
  0.041666666666666664, 0.16666666666666666, 0.5,
];

const view = new DataView(new ArrayBuffer(8));

/**
 * ln x. NaN below 0, −∞ at 0, ∞ at ∞.
 *
 * Write x = 2^k × m with √½ < m ≤ √2 (m as a double, compared with 1.4142135623730951). With f = m − 1, s = f ÷ (2 + f),
 * z = s × s, R = z × (2/3 + z × (2/5 + … + z × 2/21)) and h = 0.5 × f × f:
 * ln x = k × LN2_HIGH − ((h − (s × (h + R) + k × LN2_LOW)) − f).
 */
export function lnCanonical(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  const isSubnormal = x < 2.2250738585072014e-308;
  view.setFloat64(0, isSubnormal ? x * TWO_54 : x);
  const high = view.getUint32(0);
  let k = (high >>> 20) - 1023 - (isSubnormal ? 54 : 0);
  view.setUint32(0, (high & 0x000fffff) | 0x3ff00000);
  let m = view.getFloat64(0);
  if (m > SQRT2) {
    m *= 0.5;
    k += 1;
  }
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  let r = 0;
  for (const coefficient of LN_SERIES) r = z * (coefficient + r);
  const h = 0.5 * f * f;
  return k * LN2_HIGH - (h - (s * (h + r) + k * LN2_LOW) - f);
}

/**
 * e^x. 0 below −745.2, ∞ above 709.8.
 *
 * k = ⌊x × (1 ÷ ln 2) + 0.5⌋, r = (x − k × LN2_HIGH) − k × LN2_LOW, P = 1/2! + r × (1/3! + … + r × 1/14!);
 * e^x = (1 + (r + r × r × P)) × 2^k, where 2^k is a double or, outside ±1022, a product of two.
 */
export function expCanonical(x: number): number {
  if (!(x > -746)) return Number.isNaN(x) ? Number.NaN : 0;
  if (x > 710) return Number.POSITIVE_INFINITY;
  const k = Math.floor(x * ONE_OVER_LN2 + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let p = 0;
  for (const coefficient of EXP_SERIES) p = coefficient + r * p;
  const y = 1 + (r + r * r * p);
  if (k > 1022) return y * powerOfTwo(k - 1) * 2;
  if (k < -1021) return y * powerOfTwo(k + 54) * (1 / TWO_54);
  return y * powerOfTwo(k);
}

function powerOfTwo(k: number): number {
  view.setUint32(0, (k + 1023) << 20);
  view.setUint32(4, 0);
  return view.getFloat64(0);
}
