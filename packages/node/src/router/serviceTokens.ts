import type { TaskSize } from "./planTask.js";

/** Characters of a token on average, and how much faster a prompt is read than an answer is written: rough on purpose. */
export const CHARS_PER_TOKEN = 4;
export const READ_SPEEDUP = 15;
/** What a task costs beside its tokens: a round trip, tokenising, the first step. */
const OVERHEAD_TOKENS = 8;

/** What serving a task is expected to cost, in output tokens; `outputTokens` is what tasks made lately. A whole number. */
export function serviceTokens({ maxIn, maxOut }: TaskSize, outputTokens: number): number {
  return Math.ceil(OVERHEAD_TOKENS + maxIn / (CHARS_PER_TOKEN * READ_SPEEDUP) + Math.min(maxOut, outputTokens));
}
