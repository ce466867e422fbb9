import { PREFILL_TOKENS_MIN, PREFILLS_MAX } from "@cortensor/protocol";

/** What a sequence's cache holds of the last prompt that may be gone on from: its tokens, and in which prefills they were run. */
export type KeptPrefix = {
  readonly tag: string;
  readonly tokens: readonly number[];
  /** Lengths of the prefills, in order; they sum to the tokens. */
  readonly prefills: readonly number[];
};

/**
 * The prefills of a cached prompt that a new one may begin with: those in front whose tokens are all its own, under the same tag. Whole prefills
 * only, and prefilled tokens only, so that whoever runs the same lengths has the same cache, bit by bit. What is left to run has a few tokens at
 * least. Empty: the new prompt is run whole.
 */
export function warmPrefills(
  kept: KeptPrefix | undefined,
  { tag, promptTokens }: { readonly tag: string | undefined; readonly promptTokens: readonly number[] },
): readonly number[] {
  if (kept === undefined || tag === undefined || kept.tag !== tag) return [];
  const shared = sharedLength(kept.tokens, promptTokens);
  const prefills: number[] = [];
  let tokens = 0;
  for (const prefill of kept.prefills) {
    if (prefill < PREFILL_TOKENS_MIN || tokens + prefill > shared || prefills.length === PREFILLS_MAX - 1) break;
    if (promptTokens.length - tokens - prefill < PREFILL_TOKENS_MIN) break;
    prefills.push(prefill);
    tokens += prefill;
  }
  return prefills;
}

/** Tokens that a prompt need not run where it begins with these prefills. */
export function prefilledTokens(prefills: readonly number[]): number {
  return prefills.reduce((sum, prefill) => sum + prefill, 0);
}

function sharedLength(left: readonly number[], right: readonly number[]): number {
  const most = Math.min(left.length, right.length);
  for (let at = 0; at < most; at += 1) if (left[at] !== right[at]) return at;
  return most;
}
