import type { Payout } from "@cortensor/protocol";
import type { TaskSize } from "./planTask.js";

/** Characters of a token on average, and how much faster a prompt is read than an answer is written: rough on purpose. */
export const CHARS_PER_TOKEN = 4;
export const READ_SPEEDUP = 15;
/** What a task costs beside its tokens: a round trip, tokenising, the first step. */
const OVERHEAD_TOKENS = 8;

/** What serving a task is expected to cost, in output tokens; `outputTokens` is what tasks made lately. A whole number. */
export function serviceTokens({ maxIn, maxOut }: TaskSize, outputTokens: number): number {
  return costOf(maxIn / CHARS_PER_TOKEN, Math.min(maxOut, outputTokens));
}

/** What serving a task did cost, in output tokens, by what it is paid for. A whole number. */
export function servedTokens({ paidIn, paidOut }: Pick<Payout, "paidIn" | "paidOut">): number {
  return costOf(paidIn, paidOut);
}

function costOf(nIn: number, nOut: number): number {
  return Math.ceil(OVERHEAD_TOKENS + nIn / READ_SPEEDUP + nOut);
}
