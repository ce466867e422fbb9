import type { TokenSpelling } from "@cortensor/engine";
import {
  CHECKPOINT_TOKENS,
  type Ending,
  type FinishRule,
  fingerprintRootOf,
  finishOf,
  outCommit,
  recipeHash,
  tokenRootOf,
  utf8ToBytes,
} from "@cortensor/protocol";
import { recipeFault } from "../replay/recipeFault.js";
import type { ReplicaClaim, SegmentClaim } from "./segmentClaim.js";
import { spelledText } from "./spelledText.js";

/**
 * Tokens that a successor may have taken over, at most: a checkpoint's frame may be lost after the frame of the 32 tokens before it, with 31
 * more behind the last one.
 */
const TAKEN_OVER_MAX = 2 * CHECKPOINT_TOKENS - 1;

/** What a result says that isn't so, whatever the model: no threshold is needed for any of these. */
export type SegmentFault =
  /** `nIn` is not the prompt's count. */
  | "promptTokens"
  /** `nOut` is not `to − from`. */
  | "outputTokens"
  /** It has a token that the model doesn't have, or goes on behind one. */
  | "vocabulary"
  /** The running root at `to` is another. */
  | "tokenRoot"
  /** The fingerprint is of other tokens, of too few or too many, or not what `fpRoot` stands for. */
  | "fingerprint"
  /** The recipe is not what `recipeHash` stands for, or couldn't have made this segment. */
  | "recipe"
  /** The answer had to end elsewhere or otherwise: stop texts, the end token, the length. */
  | "finish"
  /** `outCommit` is of another text than the tokens spell. */
  | "text";

/** The first fault of a segment; undefined when there is none. */
export function segmentFault(
  claim: Omit<ReplicaClaim, "segments">,
  segment: SegmentClaim,
  spellings: readonly TokenSpelling[],
): SegmentFault | undefined {
  const { result, recipe, fingerprint } = segment;
  const output = claim.outputTokens.slice(0, result.to);
  if (result.nIn !== claim.promptTokens.length) return "promptTokens";
  if (result.nOut !== result.to - result.from) return "outputTokens";
  if (result.tokenRoot !== tokenRootOf(output)) return "tokenRoot";
  if (!isFingerprintOf(segment, output)) return "fingerprint";
  if (recipeHash(recipe) !== result.recipeHash || recipeFault(recipe, result) !== undefined) return "recipe";
  const rule = ruleOf(claim);
  const spelled = { output, spellings };
  if (!isEndingOf(result, endingOf(rule, spelled))) return "finish";
  const texts = spelledText({ ...spelled, stop: rule.stop, from: result.to - fingerprint.length });
  // An answer cut off by its router ends without the text that was held back; one that its client stopped, with it.
  const possible = result.finish === "abort" ? [texts.whole, texts.cut] : [texts.whole];
  const isSaid = possible.some((text) => outCommit(result.taskId, utf8ToBytes(text)) === result.outCommit);
  return isSaid ? undefined : "text";
}

/** Whether an answer had to end before its last token here: whoever signed what follows went on behind an end. */
export function cannotGoOn(
  claim: Omit<ReplicaClaim, "segments">,
  output: readonly number[],
  spellings: readonly TokenSpelling[],
): boolean {
  return !isEndingOf({ finish: "abort", to: output.length }, endingOf(ruleOf(claim), { output, spellings }));
}

type Spelled = { readonly output: readonly number[]; readonly spellings: readonly TokenSpelling[] };
type ClaimRule = Omit<FinishRule, "isEnd">;

function ruleOf({ params, contextTokens, promptTokens }: Omit<ReplicaClaim, "segments">): ClaimRule {
  return { stop: params.stop, maxOut: Math.min(params.maxTokens, contextTokens - promptTokens.length) };
}

/** Where the rule ends the answer. Spellings stand by position, the rule asks by id: each id has one. */
function endingOf(rule: ClaimRule, { output, spellings }: Spelled): Ending {
  const byId = new Map(output.map((id, position) => [id, spellings[position]]));
  const isEnd = (id: number): boolean => byId.get(id)?.isEnd ?? false;
  return finishOf({ ...rule, isEnd }, { tokens: output, bytesOf: (id) => byId.get(id)?.bytes ?? new Uint8Array(0) });
}

/** An abort may cut an answer anywhere up to its end; any other finish must be the rule's, at its place. */
function isEndingOf({ finish, to }: Pick<SegmentClaim["result"], "finish" | "to">, ending: Ending): boolean {
  if (finish === "abort") return ending.kind === "unfinished" || ending.tokens === to;
  return ending.kind === "finished" && ending.finish === finish && ending.tokens === to;
}

function isFingerprintOf({ result, fingerprint }: SegmentClaim, output: readonly number[]): boolean {
  const madeFrom = result.to - fingerprint.length;
  const takenOver = madeFrom - result.from;
  if (takenOver < 0 || takenOver > TAKEN_OVER_MAX || (result.segment === 0 && takenOver > 0)) return false;
  if (fingerprint.some(({ id }, index) => id !== output[madeFrom + index])) return false;
  return fingerprintRootOf(fingerprint) === result.fpRoot;
}
