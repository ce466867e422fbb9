import { TOP_K_MAX } from "@cortensor/protocol";
import { z } from "zod";
import type { TokenLogprob, TokenScore } from "../engine.js";

const SCORES_MAX = 2_097_152;
/** Of one score. */
export const SCORE_TOP_MAX = 256;
const CANDIDATES_MAX = TOP_K_MAX + 1;

/**
 * Scores as they cross between processes, in a few flat arrays: as objects, the tens of thousands of a short answer would take longer to write,
 * read and check than the model to run.
 */
export type PackedScores = {
  /** Of the output tokens, one each. */
  readonly logprobs: Float64Array<ArrayBuffer>;
  /** How many of the likeliest tokens each has. */
  readonly tops: Uint16Array<ArrayBuffer>;
  /** How many candidates each has; empty where none has any. */
  readonly candidates: Uint16Array<ArrayBuffer>;
  /** Each one's likeliest tokens and then its candidates, one score after another. */
  readonly ids: Uint32Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
};

export const packedScoresSchema = z
  .object({
    logprobs: z.instanceof(Float64Array),
    tops: z.instanceof(Uint16Array),
    candidates: z.instanceof(Uint16Array),
    ids: z.instanceof(Uint32Array),
    values: z.instanceof(Float64Array),
  })
  .refine(isWhole, "scores whose parts don't fit together");

function isWhole({ logprobs, tops, candidates, ids, values }: PackedScores): boolean {
  if (logprobs.length > SCORES_MAX || tops.length !== logprobs.length || ids.length !== values.length) return false;
  if (candidates.length !== 0 && candidates.length !== logprobs.length) return false;
  if (tops.some((count) => count > SCORE_TOP_MAX) || candidates.some((count) => count > CANDIDATES_MAX)) return false;
  const entries = sumOf(tops) + sumOf(candidates);
  return entries === ids.length && logprobs.every(Number.isFinite) && values.every(Number.isFinite);
}

export function packScores(scores: readonly TokenScore[]): PackedScores {
  const hasCandidates = scores.some(({ candidates }) => candidates !== undefined);
  const tops = Uint16Array.from(scores, ({ top }) => top.length);
  const candidates = hasCandidates
    ? Uint16Array.from(scores, (one) => one.candidates?.length ?? 0)
    : new Uint16Array(0);
  const entries = sumOf(tops) + sumOf(candidates);
  const [ids, values] = [new Uint32Array(entries), new Float64Array(entries)];
  let at = 0;
  const write = (some: readonly TokenLogprob[]): void => {
    for (const { id, logprob } of some) {
      ids[at] = id;
      values[at] = logprob;
      at += 1;
    }
  };
  for (const score of scores) {
    write(score.top);
    write(score.candidates ?? []);
  }
  return { logprobs: Float64Array.from(scores, ({ logprob }) => logprob), tops, candidates, ids, values };
}

export function unpackScores({ logprobs, tops, candidates, ids, values }: PackedScores): readonly TokenScore[] {
  let at = 0;
  const read = (count: number): readonly TokenLogprob[] => {
    const some: TokenLogprob[] = [];
    for (const end = at + count; at < end; at += 1) some.push({ id: ids[at] ?? 0, logprob: values[at] ?? 0 });
    return some;
  };
  return Array.from(logprobs, (logprob, index): TokenScore => {
    const top = read(tops[index] ?? 0);
    return candidates.length === 0 ? { logprob, top } : { logprob, top, candidates: read(candidates[index] ?? 0) };
  });
}

function sumOf(counts: Uint16Array): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
