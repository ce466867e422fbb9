import { expCanonical, lnCanonical } from "../ln.js";

const LANCZOS_G = 7;
const LANCZOS: readonly number[] = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
const HALF_LN_TWO_PI = 0.9189385332046727;
const STEPS_MAX = 300;
const PRECISION = 1e-14;
const HALVINGS = 50;

/**
 * The `share` quantile of the Beta(a, b) distribution, `a, b ≥ ½`: the x below which the regularised incomplete beta function (continued fraction, DLMF
 * 8.17.22) is `share`. Bisected to 2⁻⁵⁰; logarithms are the protocol's own, so that every machine finds the same bits.
 */
export function betaQuantile(share: number, a: number, b: number): number {
  if (!(share > 0 && share < 1)) throw new RangeError("a share above 0 and below 1");
  if (!(a >= 0.5 && b >= 0.5)) throw new RangeError("shape parameters from ½ on");
  const lnBeta = lnGamma(a) + lnGamma(b) - lnGamma(a + b);
  let [low, high] = [0, 1];
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (low + high) / 2;
    if (betaShare(middle, { a, b, lnBeta }) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

type Shape = { readonly a: number; readonly b: number; readonly lnBeta: number };

/** Chance of a value up to x. */
function betaShare(x: number, { a, b, lnBeta }: Shape): number {
  const front = expCanonical(a * lnCanonical(x) + b * lnCanonical(1 - x) - lnBeta);
  // The fraction converges fast on this side of the mean; the other is its mirror.
  if (x < (a + 1) / (a + b + 2)) return (front * fraction(x, a, b)) / a;
  return 1 - (front * fraction(1 - x, b, a)) / b;
}

/** Lentz's method. */
function fraction(x: number, a: number, b: number): number {
  const keep = (value: number): number =>
    Math.abs(value) < Number.MIN_VALUE * 2 ** 60 ? Number.MIN_VALUE * 2 ** 60 : value;
  let c = 1;
  let d = 1 / keep(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= STEPS_MAX; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / keep(1 + even * d);
    c = keep(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / keep(1 + odd * d);
    c = keep(1 + odd / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < PRECISION) break;
  }
  return value;
}

/** Lanczos' approximation. */
function lnGamma(z: number): number {
  const x = z - 1;
  const t = x + LANCZOS_G + 0.5;
  const series = LANCZOS.reduce((sum, term, index) => (index === 0 ? term : sum + term / (x + index)), 0);
  return HALF_LN_TWO_PI + (x + 0.5) * lnCanonical(t) - t + lnCanonical(series);
}
