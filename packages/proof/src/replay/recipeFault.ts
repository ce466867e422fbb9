import { PREFILL_TOKENS_MIN, PREFILLS_MAX, type RecipeStep, type Result } from "@cortensor/protocol";

/** Why a recipe can't be replayed. */
export type RecipeFault =
  /** It isn't the prompt in prefills of a few tokens or more, and the rest one token per step: other steps aren't replayed. */
  | "shape"
  /** Its prefills don't sum to the prompt's length. */
  | "prefill"
  /** It has fewer steps than the segment's last token needs. */
  | "decode";

/**
 * Whether a recipe is one that replay follows, and could have made the segment: the prompt in one prefill, or in several where a later turn went
 * on from the prompts of earlier ones, then one token per step, those that were taken over from another miner too. The last token needs no step of
 * its own; one that was cut off may have made more.
 */
export function recipeFault(
  recipe: readonly RecipeStep[],
  { nIn, to }: Pick<Result, "nIn" | "to">,
): RecipeFault | undefined {
  // Cut off before the first token: nothing was made, so nothing has to be.
  if (recipe.length === 0) return to === 0 ? undefined : "decode";
  const prefills = prefillsOf(recipe);
  const [decode, ...more] = recipe.slice(prefills.length);
  if (more.length > 0 || !isReplayed(prefills)) return "shape";
  if (prefills.reduce((sum, tokens) => sum + tokens, 0) !== nIn) return "prefill";
  return (decode?.tokens ?? 0) < to - 1 ? "decode" : undefined;
}

/** Lengths of the prefills that a recipe begins with. */
export function prefillsOf(recipe: readonly RecipeStep[]): readonly number[] {
  const first = recipe.findIndex(({ kind }) => kind !== "prefill");
  return recipe.slice(0, first === -1 ? recipe.length : first).map(({ tokens }) => tokens);
}

/** Prefills as an engine cuts them: so that nobody has bits to choose from by cutting otherwise. */
function isReplayed(prefills: readonly number[]): boolean {
  if (prefills.length < 2) return prefills.length === 1;
  return prefills.length <= PREFILLS_MAX && prefills.every((tokens) => tokens >= PREFILL_TOKENS_MIN);
}
