/** A speed nobody has: what would be above it is counted as this. */
export const TOKENS_PER_SECOND_MAX = 1_000_000;
/** Fewest tokens of a task that say something about its miner's speed. */
const TOKENS_MIN = 16;
/** Least weight of the newest task. */
const STEP_MIN = 0.2;
/** In this time what was measured before loses half of its weight: a miner that slows down is known for it by its next tasks, however few they are. */
const HALF_LIFE_MS = 10_000;

/** How fast a miner writes, and when that was last seen. */
export type MeasuredSpeed = { readonly tokensPerSecond: number; readonly atMs: number };

/** What is known of a miner's speed after one more task: a mean in which the newest weighs most. Too short a task changes nothing. */
export function measureSpeed(
  before: MeasuredSpeed | undefined,
  task: { readonly tokens: number; readonly elapsedMs: number; readonly atMs: number },
): MeasuredSpeed | undefined {
  const { tokens, elapsedMs, atMs } = task;
  if (tokens < TOKENS_MIN) return before;
  const speed = Math.min(TOKENS_PER_SECOND_MAX, (tokens * 1_000) / Math.max(1, elapsedMs));
  if (before === undefined) return { tokensPerSecond: speed, atMs };
  const faded = 1 - 2 ** (-Math.max(0, atMs - before.atMs) / HALF_LIFE_MS);
  const step = Math.max(STEP_MIN, faded);
  return { tokensPerSecond: before.tokensPerSecond + step * (speed - before.tokensPerSecond), atMs };
}
