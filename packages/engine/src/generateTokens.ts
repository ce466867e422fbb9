import {
  type Candidate,
  type CandidatesNeeded,
  chooseToken,
  type FinishReason,
  finishAfter,
  type OutputCounts,
  PREFILLS_MAX,
  type RecipeStep,
  StopScanner,
} from "@cortensor/protocol";
import { candidatesPlan } from "./candidatesPlan.js";
import type { GenerateEvent, GenerateJob, TokenLogprob } from "./engine.js";
import { EngineError } from "./engineError.js";
import type { LogitsWanted, NextLogits, TokenSequence, Vocabulary } from "./tokenModel.js";
import { prefilledTokens } from "./warmPrefix.js";

/** Log-probabilities a fingerprint carries per token. */
const FINGERPRINT_TOP = 5;
/** Engines order equal logits as they like: fetching a few more lets ties at the edge fall to the lower id. */
export const TIE_SLACK = 8;

export type GenerateParts = {
  readonly sequence: TokenSequence;
  readonly vocabulary: Vocabulary;
  /** Prompt and output together. */
  readonly contextTokens: number;
};

/**
 * Generates an answer: one prefill of the prompt, then one token per step, chosen by the canonical sampler. Committed tokens are fed in the
 * same steps, so that what follows equals the undisturbed run. Ends with exactly one `end` event.
 * @throws CodedError ENGINE_PROMPT_TOO_LONG, ENGINE_BAD_JOB
 */
export async function* generateTokens(parts: GenerateParts, job: GenerateJob): AsyncGenerator<GenerateEvent, void> {
  checkJob(parts, job);
  const run = new Run(parts, job);
  const { promptTokens, prefills, warmTag, signal } = job;
  const first = await parts.sequence.prefill(promptTokens, run.wanted(), { prefills, warmTag, signal });
  if (first === undefined) return yield run.end("abort");
  run.prefilled(first.prefills);
  let { logits } = first;
  for (;;) {
    if (job.signal?.aborted) return yield run.end("abort");
    const taken = run.take(logits);
    if (taken.event !== undefined) yield taken.event;
    if (taken.finish !== undefined) return yield run.end(taken.finish);
    logits = await parts.sequence.step(taken.id, run.wanted());
    run.stepped();
  }
}

/** Refuses what doesn't fit: a prompt needs room for at least one output token. */
export function checkJob(parts: Pick<GenerateParts, "vocabulary" | "contextTokens">, job: GenerateJob): void {
  const { promptTokens, committed = [], checkFrom = 0 } = job;
  const { contextTokens, vocabulary } = parts;
  if (promptTokens.length + 1 > contextTokens) {
    throw new EngineError({ code: "ENGINE_PROMPT_TOO_LONG", promptTokens: promptTokens.length, contextTokens });
  }
  const isForeign = (id: number): boolean => !Number.isInteger(id) || id < 0 || id >= vocabulary.tokens;
  if (promptTokens.length === 0) throw badJob("the prompt has no tokens");
  if (job.prefills !== undefined && !arePrefillsOf(job.prefills, promptTokens.length)) {
    throw badJob("the prefills don't sum to the prompt");
  }
  if (promptTokens.some(isForeign) || committed.some(isForeign)) throw badJob("a token is not in the vocabulary");
  if (job.params.maxTokens < 1) throw badJob("maxTokens is below 1");
  if (committed.length > outputTokensMax(parts, job)) throw badJob("more tokens are committed than fit");
  if (checkFrom < 0 || checkFrom > committed.length) throw badJob("checkFrom lies outside the committed tokens");
}

function arePrefillsOf(prefills: readonly number[], tokens: number): boolean {
  const areLengths = prefills.every((prefill) => Number.isInteger(prefill) && prefill >= 1);
  return areLengths && prefills.length <= PREFILLS_MAX && prefilledTokens(prefills) === tokens;
}

type Taken = { readonly id: number; readonly event?: GenerateEvent; readonly finish?: FinishReason };

/** State of one generation between steps. */
class Run {
  readonly #job: GenerateJob;
  readonly #vocabulary: Vocabulary;
  readonly #maxOut: number;
  readonly #committed: readonly number[];
  readonly #scanner: StopScanner;
  readonly #needed: (outputCounts: OutputCounts) => CandidatesNeeded;
  readonly #counts = new Map<number, number>();
  #position = 0;
  #prefills: readonly number[] = [];
  #decodeTokens = 0;

  constructor(parts: GenerateParts, job: GenerateJob) {
    this.#job = job;
    this.#vocabulary = parts.vocabulary;
    this.#maxOut = outputTokensMax(parts, job);
    this.#committed = job.committed ?? [];
    this.#scanner = new StopScanner(job.params.stop);
    this.#needed = candidatesPlan(job.params);
  }

  wanted(): LogitsWanted {
    const { top, ids } = this.#needed(this.#counts);
    return { top: Math.max(top, this.#job.fingerprints ? FINGERPRINT_TOP : 0) + TIE_SLACK, ids };
  }

  prefilled(prefills: readonly number[]): void {
    this.#prefills = prefills;
  }

  stepped(): void {
    this.#decodeTokens += 1;
  }

  /** Chooses, or takes from the committed tokens, the token at this position. */
  take(logits: NextLogits): Taken {
    const position = this.#position;
    const given = this.#committed[position];
    const isCommitted = given !== undefined;
    const isChecked = !isCommitted || position >= (this.#job.checkFrom ?? 0);
    const chosen = isChecked ? this.#choose(logits) : undefined;
    const id = given ?? chosen?.id ?? 0;
    if (isCommitted && chosen !== undefined && chosen.id !== id) {
      const event = { kind: "committedMismatch", position, expected: chosen.id, given: id } as const;
      return { id, event, finish: "error" };
    }
    const text = this.#advance(id);
    const outcome = { id, outputTokens: this.#position, isStopped: this.#scanner.isStopped };
    const isEnd = (token: number): boolean => this.#vocabulary.isEnd(token);
    const finish = finishAfter({ maxOut: this.#maxOut, isEnd }, outcome);
    const event = isCommitted
      ? undefined
      : this.#tokenEvent({ id, position, text, logprob: chosen?.logprob ?? 0 }, logits);
    return { id, ...(event === undefined ? {} : { event }), ...(finish === undefined ? {} : { finish }) };
  }

  end(finish: FinishReason): GenerateEvent {
    const recipe: RecipeStep[] = this.#prefills.map((tokens) => ({ kind: "prefill", tokens }));
    if (this.#decodeTokens > 0) recipe.push({ kind: "decode", tokens: this.#decodeTokens });
    return { kind: "end", finish, text: this.#scanner.finish(), recipe };
  }

  #choose(logits: NextLogits): { readonly id: number; readonly logprob: number } {
    const { params, seed } = this.#job;
    const { candidates, logNormaliser } = logits;
    return chooseToken({
      candidates,
      logNormaliser,
      params,
      seed,
      position: this.#position,
      outputCounts: this.#counts,
    });
  }

  #advance(id: number): string {
    this.#position += 1;
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
    return this.#vocabulary.isEnd(id) ? "" : this.#scanner.push(this.#vocabulary.bytesOf(id)).text;
  }

  #tokenEvent(
    token: { readonly id: number; readonly position: number; readonly text: string; readonly logprob: number },
    logits: NextLogits,
  ): GenerateEvent {
    if (this.#job.fingerprints !== true) return { kind: "token", ...token };
    return { kind: "token", ...token, top: topLogprobs(logits, FINGERPRINT_TOP) };
  }
}

/** The highest raw log-probabilities, ties to the lower id. */
export function topLogprobs({ candidates, logNormaliser }: NextLogits, count: number): readonly TokenLogprob[] {
  const byRank = (left: Candidate, right: Candidate): number => right.logit - left.logit || left.id - right.id;
  const best = [...candidates].sort(byRank).slice(0, count);
  return best.map(({ id, logit }) => ({ id, logprob: Math.min(0, logit - logNormaliser) }));
}

function outputTokensMax(parts: Pick<GenerateParts, "contextTokens">, job: GenerateJob): number {
  return Math.min(job.params.maxTokens, parts.contextTokens - job.promptTokens.length);
}

function badJob(reason: string): EngineError {
  return new EngineError({ code: "ENGINE_BAD_JOB", reason });
}
