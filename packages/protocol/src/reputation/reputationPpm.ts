import { PPM } from "../duty/auditRate.js";
import { ProtocolError } from "../errors.js";
import { type AuditCounts, MICRO } from "./auditCounts.js";
import { betaQuantile } from "./betaQuantile.js";

/** What a miner that nobody has checked is worth: bad, yet alive. */
const PRIOR = { passed: 1, failed: 3 } as const;
/** Of the distribution of its quality, the value that it exceeds with 95 %. */
const LOWER_SHARE = 0.05;
/** z of a two-sided interval of 95 %, in millionths, and its square. */
const Z_MICRO = 1_959_964n;
const Z_SQUARED = Z_MICRO * Z_MICRO;
const SQUARED_ONE = 1_000_000_000_000n;

/** Tasks that a miner took, and those of them that it delivered. */
export type Deliveries = { readonly accepted: number; readonly delivered: number };

/** `q`: the 5 % quantile of Beta(1 + passed, 3 + failed), in millionths, rounded down. 16,952 for a newcomer, 820,000 after thirty passes. */
export function qualityPpm({ passedMicro, failedMicro }: AuditCounts): number {
  const shape = (prior: number, micro: number): number => prior + micro / MICRO;
  return Math.floor(
    PPM * betaQuantile(LOWER_SHARE, shape(PRIOR.passed, passedMicro), shape(PRIOR.failed, failedMicro)),
  );
}

/**
 * `u`: the lower end of Wilson's 95 % interval of tasks delivered among tasks accepted, in millionths, rounded down. 0 for who accepted none. In whole
 * numbers, with z = 1.959964: `R = ⌈√(4 × 10¹² × d(n − d) ÷ n + z²)⌉`, `u = (2 × 10¹² × d + z² − z × R) ÷ (2 × (10¹² × n + z²))`, the division
 * under the root rounded up. Throws PROTOCOL_OUT_OF_RANGE for numbers that can't be.
 */
export function availabilityPpm({ accepted, delivered }: Deliveries): number {
  if (!Number.isSafeInteger(accepted) || !Number.isSafeInteger(delivered) || delivered < 0 || delivered > accepted) {
    const value = `${delivered} of ${accepted}`;
    throw new ProtocolError({ code: "PROTOCOL_OUT_OF_RANGE", field: "delivered", value, range: "0…accepted" });
  }
  if (delivered === 0) return 0;
  const [n, d] = [BigInt(accepted), BigInt(delivered)];
  const root = rootUp((4n * SQUARED_ONE * d * (n - d) + n - 1n) / n + Z_SQUARED);
  const low = 2n * SQUARED_ONE * d + Z_SQUARED - Z_MICRO * root;
  return low <= 0n ? 0 : Number((low * BigInt(PPM)) / (2n * (SQUARED_ONE * n + Z_SQUARED)));
}

/** `q × u`, in millionths, rounded down. Steers traffic and how often a miner is checked; it never replaces stake. */
export function reputationPpm(of: AuditCounts & { readonly availabilityPpm: number }): number {
  return Math.floor((qualityPpm(of) * of.availabilityPpm) / PPM);
}

/** The least whole number whose square is at least this. Newton's method from above. */
function rootUp(square: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(square.toString(2).length / 2));
  for (;;) {
    const next = (root + square / root) / 2n;
    if (next >= root) return root * root === square ? root : root + 1n;
    root = next;
  }
}
