import type { RecipeStep, Result } from "@cortensor/protocol";

/** Why a recipe can't be replayed. */
export type RecipeFault =
  /** It isn't the prompt in one prefill and the rest one token per step: other steps make other bits. */
  | "shape"
  /** Its prefill isn't the prompt's length. */
  | "prefill"
  /** It has fewer steps than the segment's last token needs. */
  | "decode";

/**
 * Whether a recipe is the one that replay follows, and could have made the segment: the prompt in one prefill, then one token per step, those
 * that were taken over from another miner too. The last token needs no step of its own; one that was cut off may have made more.
 */
export function recipeFault(
  recipe: readonly RecipeStep[],
  { nIn, to }: Pick<Result, "nIn" | "to">,
): RecipeFault | undefined {
  const [prefill, decode, ...more] = recipe;
  // Cut off before the first token: nothing was made, so nothing has to be.
  if (prefill === undefined) return to === 0 ? undefined : "decode";
  if (prefill.kind !== "prefill" || more.length > 0) return "shape";
  if (decode !== undefined && decode.kind !== "decode") return "shape";
  if (prefill.tokens !== nIn) return "prefill";
  return (decode?.tokens ?? 0) < to - 1 ? "decode" : undefined;
}
