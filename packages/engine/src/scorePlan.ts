import { type CandidatesNeeded, type OutputCounts, rankCandidates } from "@cortensor/protocol";
import { candidatesPlan } from "./candidatesPlan.js";
import type { ScoreJob, TokenScore } from "./engine.js";
import { EngineError } from "./engineError.js";
import { TIE_SLACK, topLogprobs } from "./generateTokens.js";
import type { LogitsWanted, NextLogits, Vocabulary } from "./tokenModel.js";

/** What a scorer needs at each output position, and what it keeps of what it gets. Positions are asked for in order. */
export class ScorePlan {
  readonly #job: ScoreJob;
  readonly #counts = new Map<number, number>();
  readonly #needed: ((outputCounts: OutputCounts) => CandidatesNeeded) | undefined;
  #position = 0;

  constructor(job: ScoreJob) {
    this.#job = job;
    // Greedy sampling needs one candidate, a checker the ones behind it too.
    this.#needed = job.params && candidatesPlan({ ...job.params, temperature: 1 });
  }

  /** The logits to ask for at the next position; undefined before `from`, and after the last. */
  wanted(): LogitsWanted | undefined {
    const { outputTokens, topK, from = 0 } = this.#job;
    const id = outputTokens[this.#position];
    if (id === undefined || this.#position < from) return undefined;
    const needed = this.#needed?.(this.#counts);
    const top = Math.max(topK, needed === undefined ? 0 : needed.top + 1) + TIE_SLACK;
    return { top, ids: [...new Set([...(needed?.ids ?? []), id])] };
  }

  /** The score of the next position from its logits; then goes on, as it does without logits. */
  take(next: NextLogits | undefined): TokenScore | undefined {
    const { outputTokens, topK } = this.#job;
    const id = outputTokens[this.#position] ?? 0;
    const score = next && this.#scoreOf(id, next, topK);
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
    this.#position += 1;
    return score;
  }

  #scoreOf(id: number, next: NextLogits, topK: number): TokenScore {
    const logit = next.candidates.find((candidate) => candidate.id === id)?.logit ?? LOGIT_LEAST;
    const logprob = Math.min(0, logit - next.logNormaliser);
    const top = topLogprobs(next, topK);
    const { params } = this.#job;
    if (params === undefined) return { logprob, top };
    const ranked = rankCandidates({ candidates: next.candidates, params, outputCounts: this.#counts });
    const kept = ranked.slice(0, params.topK + 1);
    const candidates = kept.map((one) => ({ id: one.id, logprob: Math.min(0, one.logit - next.logNormaliser) }));
    return { logprob, top, candidates };
  }
}

/** Stands for a token that an engine has no logit of, or makes impossible. */
const LOGIT_LEAST = -100;

/** @throws CodedError ENGINE_PROMPT_TOO_LONG, ENGINE_BAD_JOB */
export function checkScoreJob(
  parts: { readonly vocabulary: Pick<Vocabulary, "tokens">; readonly contextTokens: number },
  { promptTokens, outputTokens, from = 0 }: ScoreJob,
): void {
  const { vocabulary, contextTokens } = parts;
  const tokens = promptTokens.length + outputTokens.length;
  if (tokens > contextTokens)
    throw new EngineError({ code: "ENGINE_PROMPT_TOO_LONG", promptTokens: tokens, contextTokens });
  const isForeign = (id: number): boolean => !Number.isInteger(id) || id < 0 || id >= vocabulary.tokens;
  if (promptTokens.length === 0) throw badJob("the prompt has no tokens");
  if (promptTokens.some(isForeign) || outputTokens.some(isForeign)) throw badJob("a token is not in the vocabulary");
  if (from < 0 || from > outputTokens.length) throw badJob("from lies outside the output tokens");
}

function badJob(reason: string): EngineError {
  return new EngineError({ code: "ENGINE_BAD_JOB", reason });
}
